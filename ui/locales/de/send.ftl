# Senden an …: Dateien für ein Ziel, und wie sie dorthin gehen.

send-to = Senden an …
send-title = Dateien senden
send-nothing = Noch ist nichts ausgewählt.
send-count = { $count ->
    [one] Eine Datei oder ein Ordner
   *[other] { $count } Dateien und Ordner
}
send-more = { $count ->
    [one] und noch eine
   *[other] und { $count } weitere
}
send-pick-files = Dateien wählen …
send-pick-folders = Ordner wählen …
send-where = Wohin
send-unknown = Ein Ziel „{ $name }“ gibt es hier nicht. Ein anderes wählen.
send-options = Wie gesendet wird
send-start = Nicht vor
send-start-hint = Leer: sofort.
send-start-wrong = Das ist kein Zeitpunkt. Tag und Uhrzeit wählen oder leer lassen.
send-priority = Reihenfolge
send-priority-first = Vor allen anderen
send-priority-usual = Der Reihe nach
send-priority-last = Nach allen anderen
send-resume = Bei einer Unterbrechung
send-resume-carry-on = Dort fortsetzen, wo es aufgehört hat
send-resume-start-over = Jetzt neu beginnen, danach fortsetzen
send-resume-nothing = Nichts aufheben: beim nächsten Mal neu beginnen
send-resume-hint = Ein früher unterbrochener Upload dieser Dateien wird fortgesetzt, wenn nicht neu begonnen werden soll.
send-cancel = Abbrechen
send-do = Senden
send-sending = Wird hinzugefügt …
send-done = { $count ->
    [0] Nichts wurde hinzugefügt.
    [one] Ein Upload geht an { $name }.
   *[other] { $count } Uploads gehen an { $name }.
}
send-asked = Ein anderes Programm bittet darum. Noch ist nichts gesendet.
send-asked-by-link = Ein Link bittet darum. Noch ist nichts davon gelesen oder gesendet: Nur senden, wenn klar ist, woher der Link kommt.
