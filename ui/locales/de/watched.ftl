# Die Seite der überwachten Ordner.

watched-title = Überwachte Ordner
watched-lesson = Was in diesen Ordnern neu und fertig ist, wird von selbst hochgeladen, jede Datei einmal.
watched-empty = Den Ordner überwachen lassen, den Kamera, Scanner oder Export füllt: Jede neue Datei wird hochgeladen, sobald niemand mehr daran schreibt.
watched-add = Ordner überwachen…

watched-form-new = Ordner überwachen
watched-form-edit = Überwachung ändern
watched-path = Ordner
watched-pick = Auswählen…
    .aria-label = Ordner auswählen
watched-path-help = Ein abgezogener Datenträger ist kein Problem: Carryon wartet, bis er wieder da ist.
watched-destination = Senden an
watched-destination-help = Die gespeicherten Ziele und dieser Rechner.
watched-existing = Was schon darin liegt
watched-existing-later = Liegen lassen; nur senden, was ab jetzt dazukommt
watched-existing-all = Ebenfalls senden
watched-existing-help = Gilt für den Augenblick, in dem der Ordner hinzugefügt wird.
watched-after = Wenn eine Datei angekommen ist
watched-after-leave = Liegen lassen
watched-after-move = In den Ordner „Sent“ verschieben
watched-after-help = „Sent“ liegt im überwachten Ordner. Gelöscht wird nie etwas.
watched-more = Weitere Einstellungen
watched-include = Nur diese Dateien
watched-include-help = Etwa *.mov, *.wav; wenn leer, alle Dateien.
watched-exclude = Diese Dateien und Ordner nicht
watched-exclude-help = Etwa *_low.mov, proxies.
watched-subfolders = Auch die Ordner darin überwachen
watched-subfolders-help = Ihre Namen bleiben am Ziel erhalten.
watched-all-names = Auch versteckte und unfertige Namen senden
watched-all-names-help = Sonst bleiben versteckte Dateien, .part, .tmp, ~$ und Ähnliches weg.
watched-again = Eine Datei nach Änderungen erneut senden
watched-again-help = Sonst bleibt sie so, wie sie gesendet wurde, und die Liste sagt, wie viele sich geändert haben.
watched-steady = Sekunden ohne Änderung
watched-steady-help = Eine Datei gilt als fertig, wenn Größe und Zeit so lange stillstanden.
watched-cancel = Abbrechen
watched-save = Speichern

watched-pause = Anhalten
watched-resume = Fortsetzen
watched-edit = Bearbeiten
watched-remove = Entfernen…
watched-named = { $deed }: { $name }

watched-state-watching = Wird überwacht
watched-state-missing = Ordner fehlt
watched-state-paused = Angehalten
watched-state-trouble = Störung
watched-state-resting = Nicht überwacht
watched-missing-why = Der Ordner ist nicht da. Vielleicht ist sein Datenträger abgezogen. Carryon macht weiter, wenn er wieder da ist.
watched-counts = { $sent ->
        [0] Noch nichts gesendet
        [one] 1 Datei gesendet
       *[other] { $sent } Dateien gesendet
    }{ $waiting ->
        [0] { "" }
        [one] , 1 wartet
       *[other] , { $waiting } warten
    }
watched-changed = { $count ->
        [one] 1 Datei hat sich seit dem Senden geändert und wurde nicht erneut gesendet.
       *[other] { $count } Dateien haben sich seit dem Senden geändert und wurden nicht erneut gesendet.
    }
watched-where = → { $destination }

watched-added = { $name } wird ab jetzt überwacht.
watched-saved = { $name } wird jetzt so überwacht.
watched-removed = { $name } wird nicht mehr überwacht.
watched-no-path = Den Ordner wählen, der überwacht werden soll.
watched-no-seconds = Eine ganze Zahl von 1 bis 86400.
watched-remove-title = Diesen Ordner nicht mehr überwachen?
watched-remove-text = Seine Dateien bleiben, wo sie sind, und was gesendet wurde, bleibt gesendet. Was unterwegs ist, geht weiter.
watched-remove-deed = Entfernen
watched-remove-keep = Weiter überwachen
