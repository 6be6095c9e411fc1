# Der Verlauf: was aus jedem Upload wurde, und die Belege für alles, was angekommen ist.

nav-history = Verlauf
history-title = Verlauf
history-lesson = Hier steht jede Datei, die zugestellt, verworfen oder abgelaufen ist, mit einem Beleg, der zeigt, was angekommen ist.
history-empty = Noch nichts. Sobald ein Upload endet, steht er hier mit seinem Beleg; damit lässt sich später nachweisen, was angekommen ist.
history-nothing-found = Nichts passt. Nach einem anderen Wort suchen oder alles anzeigen.
history-count = { $count ->
    [0] Noch nichts
    [one] { $count } Eintrag, { $size }
   *[other] { $count } Einträge, { $size }
}
history-found = { $count ->
    [0] Nichts von { $total } Einträgen
    [one] { $count } von { $total } Einträgen, { $size }
   *[other] { $count } von { $total } Einträgen, { $size }
}
history-list =
    .aria-label = Einträge, der neueste zuerst
history-filters =
    .aria-label = Im Verlauf suchen
history-search =
    .placeholder = Name, Ordner oder Ziel
    .aria-label = Nach Name, Ordner oder Ziel suchen
history-choice-ending = Ausgang
history-choice-destination = Ziel
history-choice-time = Zeit
history-any-ending = Jeder Ausgang
history-any-destination = Alle Ziele
history-any-time = Jederzeit
history-today = Heute
history-last-7-days = Letzte 7 Tage
history-last-30-days = Letzte 30 Tage
history-last-365-days = Letzte 12 Monate
history-show-all = Alles anzeigen
history-more = { $count ->
    [one] { $count } weiteren anzeigen
   *[other] { $count } weitere anzeigen
}

## Wie Uploads enden

history-ending-done = Zugestellt
history-ending-marked-done = Als fertig markiert
history-ending-discarded = Verworfen
history-ending-expired = Abgelaufen
history-ending-moved = An einen anderen Rechner übergeben
history-removed-there = und am Ziel gelöscht
history-left-there = was am Ziel liegt, blieb dort

## Wie weit es nachgewiesen ist

history-proof-server-digest = Nachgewiesen: Das Ziel hat die Prüfsumme jedes Bytes genannt
history-proof-read-back = Nachgewiesen: Die Datei wurde zurückgelesen und verglichen
history-proof-size-only = Das Ziel sagt, dass es alles hat, hat aber keine Prüfsumme genannt
history-proof-none = Nur ein Mensch hat gesagt, dass die Datei dort liegt
history-proof-short-server-digest = Prüfsumme verglichen
history-proof-short-read-back = zurückgelesen
history-proof-short-size-only = nur die Größe
history-proof-short-none = nicht nachgewiesen

## Ein Eintrag

history-details-of = Einzelheiten: { $name }
history-to = nach { $destination }
history-this-computer = Dieser Rechner
history-close = Schließen
history-outcome = Ausgang
history-proof = Nachweis
history-destination = Ziel
history-scope = Bereich
history-folder = Ordner
history-path = Gesendet von
history-arrived = Liegt in
history-location = Ort auf dem Server
history-size = Größe
history-bytes = { $size } ({ $count ->
    [one] { $count } Byte
   *[other] { $count } Byte
})
history-added-at = Hinzugefügt
history-ended-at = Beendet
history-modified-at = Datei zuletzt geändert
history-resumed = Fortgesetzt
history-resumed-times = { $count ->
    [0] nie unterbrochen
    [one] einmal
   *[other] { $count }-mal
}
history-sent = Gesendete Bytes
history-sent-more = { $sent }, davon { $twice } doppelt
history-chunks = Teile
history-chunks-proved = { $count ->
    [one] { $count } Teil; das Ziel hat die Prüfsumme von { $proved } genannt
   *[other] { $count } Teile; das Ziel hat die Prüfsummen von { $proved } genannt
}
history-blake3 = BLAKE3 der Datei
history-sha256 = SHA-256 der Datei
history-whole = Prüfsumme, die das Ziel genannt hat
history-upload-id = Upload
history-attempt-id = Gesendet als
history-no-receipt = Es gibt keinen Beleg: Die Datei wurde nicht zugestellt, oder eine ältere Version von Carryon hat sie zugestellt.

history-open-folder = Ordner öffnen
history-open-folder-arrived = Angekommene Datei zeigen
history-open = Öffnen
history-copy-link = Link kopieren
history-copied = Der Link wurde kopiert.
history-not-copied = Der Link konnte nicht kopiert werden.
history-verify = Prüfen
history-verify-arrived = Angekommene Datei prüfen
history-verify-stop = Anhalten
history-save-receipt = Beleg sichern…
history-remove-one = Entfernen…

history-verifying = { $name } wird mit dem Beleg verglichen: { $percent } %
history-verify-stopped = Der Vergleich wurde angehalten.
history-equal = Gleich: Jede Prüfsumme von { $name } ist die aus dem Beleg.
history-other-size = Anders: { $name } hat { $size }, die gesendete Datei hatte { $sent }.
history-differs = { $ranges ->
    [0] Anders: Die Prüfsumme von { $name } ist nicht die aus dem Beleg.
    [one] Anders: { $name } hat sich an einer Stelle geändert: Byte { $first } bis { $last }.
   *[other] Anders: { $name } hat sich an { $ranges } Stellen geändert; die erste ist Byte { $first } bis { $last }.
}

## Mitnehmen und entfernen

history-save-table = Als Tabelle sichern…
history-save-receipts = Belege sichern…
history-remove-found = { $isAll ->
    [yes] Alle entfernen…
   *[no] Diese entfernen…
}
history-saved-table = { $count ->
    [one] Eine Tabelle mit { $count } Eintrag wurde gesichert.
   *[other] Eine Tabelle mit { $count } Einträgen wurde gesichert.
}
history-saved-receipts = { $count ->
    [0] Keiner dieser Einträge hat einen Beleg; die Liste ist leer.
    [one] { $count } Beleg wurde gesichert.
   *[other] { $count } Belege wurden gesichert.
}
history-remove-title = { $count ->
    [one] Diesen Eintrag aus dem Verlauf entfernen?
   *[other] { $count } Einträge aus dem Verlauf entfernen?
}
history-remove-text = { $count ->
    [one] Sein Beleg geht mit verloren: Carryon kann dann nicht mehr nachweisen, was angekommen ist. Die Datei selbst bleibt, wo sie ist.
   *[other] Ihre Belege gehen mit verloren: Carryon kann dann nicht mehr nachweisen, was angekommen ist. Die Dateien selbst bleiben, wo sie sind.
}
history-remove-do = Entfernen
history-remove-keep = Behalten
history-removed = { $count ->
    [0] Nichts wurde entfernt.
    [one] { $count } Eintrag wurde entfernt.
   *[other] { $count } Einträge wurden entfernt.
}
history-keep-label = Verlauf aufbewahren
history-keep-for-ever = Für immer
history-keep-days-30 = 30 Tage lang
history-keep-days-90 = 90 Tage lang
history-keep-days-365 = Ein Jahr lang
history-keep-days-1825 = 5 Jahre lang
history-keep-days = { $count ->
    [one] { $count } Tag lang
   *[other] { $count } Tage lang
}
history-keep-title = { $count ->
    [one] { $count } Eintrag ist älter
   *[other] { $count } Einträge sind älter
}
history-keep-do = Älteres entfernen
history-kept = Gilt ab jetzt.
