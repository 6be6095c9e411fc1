# Die fertigen Dateien eines Ziels.

files-title = Fertige Dateien
files-at = Bei
files-refresh = Aktualisieren
files-close = Schließen
files-asking = { $name } wird gefragt …
files-nobody-tells = Kein Ziel sagt, welche Dateien es hat.

files-count = { $count ->
    [one] 1 Datei
   *[other] { NUMBER($count) } Dateien
}
files-count-size = { files-count }, { $size }
files-at-destination = { $files } bei { $name }.
files-cut = Die Liste geht weiter, aber der nächste Eintrag ist nicht lesbar.
files-unreadable = Kein Eintrag der Liste von { $name } ist lesbar.
files-none-own = Noch nichts. Was bei { $name } ankommt, steht hier eine Woche lang, solange es bleibt, wo es abgelegt wurde.
files-none = { $name } nennt keine fertigen Dateien.
files-more = { $count ->
    [one] { NUMBER($next) } weitere von 1 Datei anzeigen
   *[other] { NUMBER($next) } weitere von { NUMBER($count) } Dateien anzeigen
}

file-delete = Löschen
file-delete-named = { $name } löschen
file-deleted = { $name } wurde gelöscht. Es bleiben { $left }.
file-deleted-last = { $name } wurde gelöscht. Es ist nichts mehr da.
file-delete-title = Diese Datei löschen?
file-delete-text = Sie wird bei { $name } endgültig gelöscht. Die Datei auf diesem Rechner bleibt, wo sie ist.
file-delete-text-own = Sie wird bei { $name } endgültig gelöscht. Die Datei, aus der sie hochgeladen wurde, bleibt, wo sie ist.
file-keep = Behalten
