# Was die Arbeitsumgebung neben dem Fenster zeigt: Symbol, Benachrichtigungen, Systemdialoge.

## Knöpfe

button-show = Anzeigen
button-later = Später
button-resume = { $count ->
    [one] Fortsetzen
   *[other] Alle fortsetzen
}

## Mengen

amount-bytes = { $count ->
    [one] { $count } Byte
   *[other] { $count } Bytes
}
amount-seconds = { $count } s
amount-minutes = { $count } min
amount-hours = { $count } h
amount-days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
}
amount-decimal-mark = ,
amount-left = noch { $time }
amount-percent = { $count } %
amount-rate = { $bytes }/s

## Das Symbol

tray-open = Carryon öffnen
tray-send = Dateien senden …
tray-pause-all = Alle anhalten
tray-resume-all = Alle fortsetzen
tray-quit = Beenden
tray-idle = Nichts ist unterwegs
tray-uploads = { $count ->
    [one] { $count } Upload
   *[other] { $count } Uploads
}
tray-resumable = { $count ->
    [one] { $count } Upload kann fortgesetzt werden
   *[other] { $count } Uploads können fortgesetzt werden
}
tray-attention = { $count ->
    [one] { $count } Upload wartet auf eine Antwort
   *[other] { $count } Uploads warten auf eine Antwort
}

## Benachrichtigungen

interrupted-title = { $count ->
    [one] Der Upload von „{ $name }“ wurde unterbrochen
   *[other] { $count } Uploads wurden unterbrochen
}
interrupted-body = Was das Ziel bestätigt hat, ist nicht verloren. Dort weitermachen, wo es aufgehört hat?
delivered-title = { $count ->
    [one] „{ $name }“ ist angekommen: { $destination }
   *[other] { $count } Dateien sind angekommen: { $destination }
}
delivered-title-mixed = { $count } Dateien sind angekommen
delivered-body = { $size }, alles bestätigt.
problem-title = { $count ->
    [one] „{ $name }“ wartet auf eine Antwort
   *[other] { $count } Uploads warten auf eine Antwort
}
problem-unauthorized = Das Ziel verlangt eine neue Anmeldung.
problem-source-changed = Die Datei hat sich seit Beginn des Uploads geändert.
problem-source-missing = Die Datei ist nicht mehr dort, wo sie war.
problem-outcome-unknown = Niemand weiß, ob sie ganz angekommen ist.
problem-expired = Der Upload wurde nicht rechtzeitig fertig.
problem-failed = Der Upload ist fehlgeschlagen; was bestätigt ist, bleibt erhalten.
problem-many = In Carryon steht, was zu tun ist.

## Schließen und Beenden

closing-title = Carryon macht im Hintergrund weiter
closing-body = Was unterwegs ist, läuft ohne Fenster weiter. Das Symbol öffnet Carryon wieder; „Beenden“ dort beendet es.
quit-title = Carryon beenden?
quit-body = { $count ->
    [one] { $count } Upload ist unterwegs. Er hält jetzt an; der nächste Start bietet an, dort weiterzumachen.
   *[other] { $count } Uploads sind unterwegs. Sie halten jetzt an; der nächste Start bietet an, dort weiterzumachen.
}
quit-do = Beenden
quit-keep = Weiterlaufen lassen

## Auswahl

pick-files = Welche Dateien sollen gesendet werden?
pick-certificates = In welcher Datei stehen die Zertifikate?
pick-located = Wo ist „{ $name }“ jetzt?
import-destinations = Welche Datei enthält die Ziele?
export-destinations = Wohin sollen die Ziele geschrieben werden?
pick-watched = Welcher Ordner soll überwacht werden?

## Links

link-unknown = Dieser Link verlangt etwas, das Carryon nicht tut. Nichts wurde gesendet.
link-too-long = Dieser Link nennt mehr, als ein Link kann. Nichts wurde gesendet; die Dateien stattdessen auf das Fenster ziehen.
link-garbled = Dieser Link ist beschädigt: Sein Text ist nicht lesbar. Nichts wurde gesendet.
link-no-path = Dieser Link nennt keine Datei. Nichts wurde gesendet.
link-bad-path = Dieser Link nennt „{ $path }“; das ist keine Datei auf diesem Rechner. Nichts wurde gesendet.
link-address = Dieser Link nennt kein gespeichertes Ziel. Carryon nimmt keine Adresse aus einem Link; das Ziel zuerst speichern.
save-table-title = Wo soll die Tabelle gesichert werden?
save-receipts-title = Wo sollen die Belege gesichert werden?
pick-receive-folder = In welchen Ordner sollen Dateien kommen?
pick-tls-cert = Welche Datei enthält das Zertifikat?
pick-tls-key = Welche Datei enthält den privaten Schlüssel?
