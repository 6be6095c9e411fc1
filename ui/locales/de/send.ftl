# Die Frage, ob Dateien gesendet werden sollen, und wohin.

send-title = { $count ->
    [one] { $count } Datei oder Ordner senden?
   *[other] { $count } Dateien und Ordner senden?
}
send-lesson = Noch ist nichts gesendet.
send-lesson-link = Ein Link verlangt das. Noch ist nichts gelesen oder gesendet; senden Sie es nur, wenn Sie wissen, woher der Link kommt.
send-to = An
send-gone = Es gibt kein gespeichertes Ziel „{ $name }“. Wählen Sie ein anderes.
send-do = Senden
send-cancel = Nicht senden
