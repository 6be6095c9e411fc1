# Das Formular eines Ziels: seine Felder, ein einfacher Satz zu jedem, und was daran falsch sein kann.

form-add = Ziel hinzufügen
form-edit = Ziel bearbeiten
form-copy = Ziel duplizieren
form-test = Verbindung testen
form-stop-test = Test abbrechen
form-testing = { $host } wird getestet …
form-testing-it = Wird getestet …
form-save = Speichern
form-saving = Wird gespeichert …
form-cancel = Abbrechen
form-unread = Die Einstellungen dieses Ziels sind nicht lesbar. Beim Speichern gelten sie so, wie sie hier stehen.
form-copied = Die Kopie braucht eine eigene Adresse; ihre Einstellungen sind übernommen, das Token nicht.

check-steps =
    .aria-label = Was gefunden wurde
check-right = Richtig:
check-wrong = Falsch:

## Gruppen

group-server = Server
group-sending = Senden
group-trouble = Wenn etwas schiefgeht
group-allowed = Was gesendet werden darf
group-protocol = Protokoll
group-set = { $count } gesetzt

## Server

form-kind = Art des Servers
form-address = Adresse
form-address-hint = Etwa { $example }
form-address-hint-vimeo = Der Link, den Vimeo für ein Video vergeben hat. Das nächste Video hat einen anderen.
form-plain = Diese Adresse ist nicht verschlüsselt: Unterwegs kann jeder die Dateien und das Token lesen.
form-consent-before = An
form-consent-after = unverschlüsselt senden
form-done = Pfad „alle Teile gesendet“
form-done-hint = chunking.success.endpoint des Servers, etwa /upload/done. Leer, wenn der Server die Datei von selbst zusammensetzt.
form-name = Name
form-name-hint = Leer: { $host }.
form-token = Token (wenn der Server eines verlangt)
form-token-new = Neues Token
form-forget = Das aufbewahrte Token vergessen
form-profile = Bekannter Server
form-profile-hint = Füllt die Felder so aus, wie dieser Server es braucht; die Adresse bleibt.
form-interop = Version des Entwurfs
form-interop-hint = Nur für Server, die eine einzige Version sprechen und es nicht sagen.

profile-none = Ein anderer Server
profile-carryon = Empfang von Carryon
profile-npm = fine-uploader-server (npm)
profile-php = php-traditional-server

interop-any = Die neueste, die beide sprechen
interop-none = Keine
interop-version = Version { $version }

set-ca_file = Datei mit Zertifikaten der Firma
set-ca_file-hint = Im PEM-Format; gilt neben denen dieses Rechners.
set-ca_file-pick = Wählen …
    .aria-label = Eine Datei mit Zertifikaten wählen

## Senden

set-chunk_size = Größe eines Teils
set-chunk_size-hint = Etwa 8 MB oder 6 MiB. Leer: Carryon wählt.
set-connections = Teile einer Datei zugleich
set-connections-hint = Leer: Carryon wählt.
set-tus-lanes = Abschnitte einer Datei zugleich
set-tus-lanes-hint = Wo der Server sie zusammenfügen kann (Erweiterung concatenation); leer: 1.
set-speed_limit = Höchstgeschwindigkeit
set-speed_limit-hint = Etwa 2 MB/s; nach Tageszeit: 2 MB/s, off@22:00-06:00.
set-scope = Gehört zu
set-scope-hint = Eine Person oder ein Projekt: Unterbrochene Uploads werden nur darin wiedergefunden.

## Wenn etwas schiefgeht

set-resume = Nach einer Unterbrechung
set-resume-hint = Was Carryon nach einem Absturz oder Neustart mit dem Upload tut.
set-resume-is-auto = Wie für alles eingestellt
set-resume-is-ask = Fragen, ob fortgesetzt wird
set-resume-is-always = Immer von selbst fortsetzen
set-resume-is-never = Neu beginnen
set-resume-is-off = Nichts davon aufheben
set-lifetime_days = Tage, die unfertige Uploads bleiben
set-lifetime_days-hint = Leer: 7; 0: für immer.
set-name_conflicts = Wenn der Server eine Datei dieses Namens hat
set-name_conflicts-hint = Dafür muss der Server seine Dateien auflisten; der Pfad steht unten bei „Protokoll“.
set-name_conflicts-is-leave = Dem Server überlassen
set-name_conflicts-is-skip = Die Datei nicht senden
set-name_conflicts-is-rename = Als „Name (2)“ senden
set-repeat_finish = Die letzte Anfrage darf wiederholt werden
set-repeat_finish-hint = Nur wenn der Server „alle Teile gesendet“ erwiesenermaßen zweimal verträgt: Manche zerstören die Datei dabei.

## Was gesendet werden darf

set-allowed_extensions = Nur Dateien mit diesen Endungen
set-allowed_extensions-hint = Etwa jpg, tar.gz. Leer: alle.
set-min_size = Kleinste Datei
set-min_size-hint = Etwa 1 kB. Leer: beliebig.
set-max_size = Größte Datei
set-max_size-hint = Etwa 4 GB. Leer: beliebig.
set-allow_empty = Leere Dateien werden gesendet
set-allow_empty-hint = Manche Server lehnen Dateien ohne ein einziges Byte ab.
set-item_limit = Dateien auf einmal
set-item_limit-hint = Nur was darüber hinausgeht, bleibt liegen. Leer: beliebig viele.

## Protokoll: Fine Uploader

set-session = Pfad, der die Dateien des Servers auflistet
set-session-hint = Wenn der Server einen hat, etwa /upload/session.
set-session-params = Parameter dieser Frage
set-session-params-hint = Feste Texte, die mit der Frage nach der Liste gesendet werden.
set-session-headers = Kopfzeilen dieser Frage
set-session-headers-hint = Feste Texte. Ein Token hat sein eigenes Feld.
set-method = Methode der Uploads
set-method-hint = Womit Teile und ganze Dateien gesendet werden.
set-force_multipart = Bytes gehen als Formular
set-force_multipart-hint = Aus: Die Anfrage enthält die Bytes und sonst nichts.
set-params_in_body = Parameter gehen ins Formular
set-params_in_body-hint = Aus: Sie gehen in die Adresse.
set-require_success_json = Ein Ja braucht eine JSON-Antwort
set-require_success_json-hint = Aus: Eine leere Antwort gilt als Ja.
set-concurrent = Teile einer Datei zugleich
set-concurrent-hint = Manche Server nehmen nur einen Teil nach dem anderen an.
set-concurrent-is-auto = Wenn es einen Pfad „alle Teile gesendet“ gibt
set-concurrent-is-true = Ja
set-concurrent-is-false = Nein, einen nach dem anderen
set-mandatory = Auch kleine Dateien gehen in Teilen
set-mandatory-hint = Eine Datei aus einem einzigen Teil wird gesendet wie alle anderen.
set-new_uuid_on_chunks = Der Server darf Uploads unterwegs umbenennen
set-new_uuid_on_chunks-hint = newUuid zählt auch in Antworten auf Teile; sie gehen dann einzeln.
set-omit_default_params = Die eigenen Parameter des Protokolls weglassen
set-omit_default_params-hint = Für Server, die nur die unten gesetzten wollen.
set-prevent_retry_property = Wort, das einen neuen Versuch verbietet
set-prevent_retry_property-hint = preventRetry, wenn der Server es nicht anders nennt.
set-headers = Weitere Kopfzeilen
set-headers-hint = Gehen mit jedem Upload. { "{name}" }, { "{size}" }, { "{uuid}" } und andere werden ersetzt; nie ein Geheimnis.
set-params = Weitere Parameter
set-params-hint = Gehen mit jedem Upload. { "{name}" }, { "{path}" }, { "{size}" }, { "{mtime}" }, { "{uuid}" }, { "{batch}" } werden ersetzt.
set-names = Wie die Parameter heißen
set-names-hint = So, wie die Optionen request und chunking des Servers sie nennen.
set-done-method = Methode von „alle Teile gesendet“
set-done-method-hint = GET und DELETE setzen die Parameter in die Adresse.
set-done-json_payload = „Alle Teile gesendet“ geht als JSON
set-done-json_payload-hint = Aus: als Formular.
set-done-reset_on_status = Antworten, die alle Teile noch einmal verlangen
set-done-reset_on_status-hint = Statuscodes von „alle Teile gesendet“, etwa 409, 410.
set-done-params = Parameter von „alle Teile gesendet“
set-done-params-hint = Anstelle aller anderen, auch der Kennung des Uploads. Leer: die üblichen.
set-done-headers = Kopfzeilen von „alle Teile gesendet“
set-done-headers-hint = Anstelle der weiteren Kopfzeilen. Leer: diese.
set-delete-method = Wie das Löschen verlangt wird
set-delete-method-hint = Durch die Methode selbst oder durch ein Formular, das es sagt.
set-delete-method-is-DELETE = DELETE
set-delete-method-is-POST = POST mit _method=DELETE
set-delete-endpoint = Pfad zum Löschen
set-delete-endpoint-hint = Leer: der für Uploads.
set-delete-params = Parameter des Löschens
set-delete-params-hint = { "{uuid}" } wird ersetzt.
set-delete-headers = Kopfzeilen des Löschens
set-delete-headers-hint = { "{uuid}" } wird ersetzt. Ein Token hat sein eigenes Feld.

## Protokoll: tus

set-tus-checksum = Jede Anfrage trägt eine Prüfsumme
set-tus-checksum-hint = Wo der Server sie erwiesenermaßen prüft.
set-tus-headers = Weitere Kopfzeilen
set-tus-headers-hint = Gehen mit, wenn ein Upload beginnt. { "{name}" }, { "{size}" }, { "{uuid}" } und andere werden ersetzt; nie ein Geheimnis.
set-tus-metadata = Weitere Metadaten
set-tus-metadata-hint = Etwa bucketName. { "{name}" }, { "{path}" }, { "{size}" }, { "{uuid}" } und andere werden ersetzt.

## Kleine Tabellen

table-name = Name
table-value = Wert
table-add = Zeile hinzufügen
    .aria-label = Zeile hinzufügen: { $table }
table-remove = Entfernen
table-remove-named = { $name } entfernen
table-remove-unnamed = Zeile ohne Namen entfernen
table-empty = Keine
parameter-uuid = Kennung des Uploads
parameter-filename = Name der Datei
parameter-total_file_size = Bytes der Datei
parameter-part_index = Nummer des Teils
parameter-part_byte_offset = Erstes Byte des Teils
parameter-chunk_size = Bytes des Teils
parameter-total_parts = Zahl der Teile
parameter-resume = Dass fortgesetzt wird
parameter-input = Die Bytes selbst

## Was falsch sein kann

wrong-done = Das ist weder ein Pfad noch eine Adresse auf demselben Server. Als Pfad schreiben, etwa /upload/done.
wrong-address-missing = Die Adresse fehlt. Sie beginnt mit https://.
wrong-address-kind = „{ $protocol }“ ist keine Art von Server, die Carryon kennt. Oben eine Art wählen und die Adresse als https://… schreiben.
wrong-address = Das ist keine Adresse. Mit https:// vor dem Namen des Servers schreiben.
wrong-address-host = Diese Adresse nennt keinen Server. Als https://server/pfad schreiben.
wrong-address-password = Eine Adresse darf weder Benutzernamen noch Passwort enthalten. Herausnehmen und unten ein Token angeben.
wrong-consent = Zustimmen oder die Adresse mit https:// schreiben.
wrong-chunk_size = Das ist keine Größe. Als 8 MB oder 6 MiB schreiben oder leer lassen.
wrong-min_size = Das ist keine Größe. Als 1 kB oder 5 MB schreiben oder leer lassen.
wrong-min_size-above = Das ist mehr als die größte Datei: Keine Datei würde gesendet.
wrong-max_size = Das ist keine Größe. Als 4 GB schreiben oder leer lassen.
wrong-count = Eine Zahl von { $least } bis { $most } schreiben oder leer lassen.
wrong-speed_limit = Das ist keine Geschwindigkeit. Als 2 MB/s oder als 2 MB/s, off@22:00-06:00 schreiben.
wrong-lifetime_days = Eine Zahl von Tagen schreiben; 0 behält Uploads für immer. Oder leer lassen.
wrong-session = Namen lassen sich nur vergleichen, wenn der Server seine Dateien auflistet: den Pfad der Liste angeben oder gleiche Namen dem Server überlassen.
wrong-done-reset_on_status = Statuscodes von 205 bis 599 schreiben, etwa 409, 410.
wrong-table = Jede Zeile braucht einen Namen, und jeder Name steht in einer Zeile.
wrong-names = Jeder braucht einen Namen.

## Was jeder Schritt eines Tests ergab (die Worte der Anwendung selbst sind englisch und sagen mehr)

check-name-right = Der Name des Servers ist bekannt.
check-name-wrong = Der Name des Servers ist nicht bekannt. Schreibweise oder Netz prüfen.
check-connection-right = An seinem Port antwortet etwas.
check-connection-wrong = Er ist nicht erreichbar. Die Adresse prüfen, oder ob der Server läuft.
check-answer-right = Er antwortet.
check-answer-wrong = Er nimmt Verbindungen an, antwortet aber nicht so, wie er sollte.
check-protocol-right = Er spricht das gewählte Protokoll.
check-protocol-wrong = Er nimmt so keine Uploads an. Art des Servers, Pfad und Token prüfen.
check-clock-right = Die Uhren stimmen überein.
check-clock-wrong = Seine Uhr und die dieses Rechners gehen weit auseinander. Die falsche stellen.
