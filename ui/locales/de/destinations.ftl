# Ziele: ihre Seite, was über jedes gesagt wird, und die Fragen, bevor eines geht.

places-title = Ziele
places-lesson = Wohin Dateien gehen können. Uploads bleiben bei dem Ziel, mit dem sie begonnen haben.
show-places = Ziele …
show-files = Fertige Dateien …
places-add = Ziel hinzufügen …
places-unread = Die Ziele lassen sich gerade nicht lesen.

## Eines davon

place-chosen = Neue Dateien gehen hierhin
place-use = Neue Dateien hierhin senden
place-files = Fertige Dateien …
place-open-folder = Ordner öffnen
place-edit = Bearbeiten …
place-copy = Duplizieren …
place-remove = Entfernen …
place-deed = { $deed }: { $name }

place-no-name = Ziel ohne Namen
place-built-in = Eingebaut
place-address-lost = seine Adresse ging mit beschädigten Aufzeichnungen verloren: beim Bearbeiten neu eintragen
place-unnamed = unter keinem Namen gespeichert
place-needed = { $count ->
    [one] 1 unfertiger Upload braucht es
   *[other] { $count } unfertige Uploads brauchen es
}
place-token-keychain = Token im Schlüsselbund
place-token-session = Token nur für diese Sitzung

## Die Arten von Servern

kind-fineuploader = Fine-Uploader-Server
kind-tus = tus-Server
kind-ietf = IETF Resumable Upload
kind-cloudflare = Cloudflare Stream (tus)
kind-supabase = Supabase (tus)
kind-vimeo = Vimeo-Upload-Link (tus)

## Was geschehen ist

place-used = Neue Dateien gehen ab jetzt zu { $name }.
place-removed = { $name } wurde entfernt.
place-saved = { $name } wurde gespeichert.
place-saved-keychain = { $name } wurde gespeichert. Das Token liegt im Schlüsselbund.
place-saved-session = { $name } wurde gespeichert. Das Token gilt nur für diese Sitzung ({ $why }): nach dem nächsten Start neu eingeben.

## Fragen

remove-title = Dieses Ziel entfernen?
remove-text = Carryon vergisst es samt seinen Einstellungen. Was dorthin gesendet wurde, bleibt dort.
remove-token = Sein Token wird aus dem Schlüsselbund genommen.
remove-next = Neue Dateien gehen danach an „Dieser Rechner“.
remove-do = Entfernen
remove-keep = Behalten
leave-title = Verlassen, ohne zu speichern?
leave-text = Die Eingaben sind noch nicht gespeichert.
leave-do = Verlassen
leave-keep = Weiter bearbeiten

## Das Token, das aufbewahrt wird

token-kept-keychain = Ein Token liegt im Schlüsselbund.
token-kept-session = Ein Token gilt für diese Sitzung.
token-stays = Leer lassen, um es weiter zu verwenden.
token-elsewhere = Es gehört zum Server der bisherigen Adresse und wird beim Speichern vergessen; das für diesen Server eingeben.
token-forgotten = Es wird beim Speichern vergessen.

## Was ein Test ergab

verdict-good = Es funktioniert. Dateien können dorthin gesendet werden.
verdict-half = Es funktioniert, aber etwas stimmt nicht:
verdict-bad = Es funktioniert noch nicht:
