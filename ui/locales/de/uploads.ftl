# Die Seite der Uploads: der Weg hinein, die Listen, ein Upload und was man mit ihm tun kann.

## Der Weg hinein

drop-here = Dateien oder Ordner hier ablegen
drop-here-to = Dateien hier ablegen: sie gehen an
drop-closed = Im Moment können keine Dateien angenommen werden
drop-release = Loslassen zum Hochladen
drop-release-to = Loslassen zum Hochladen an
drop-lesson =
    Sie gehen Stück für Stück hinauf, im Hintergrund. Fällt das Netz aus, geht der Deckel zu oder stürzt der Rechner ab,
    macht Carryon beim letzten Stück weiter, das angekommen ist. Nichts beginnt von vorn.
choose-files = Dateien wählen…
choose-folder = Ordner wählen…
not-a-file = Was abgelegt wurde, ist keine Datei auf diesem Rechner. Erst speichern, dann die gespeicherte Datei ablegen.
name-unreadable = Dieser Name ist nach dem Ablegen nicht lesbar. Die Datei stattdessen mit „Dateien wählen…“ aussuchen.

closed-owned = Ein anderes Carryon hat die Aufzeichnungen der Uploads geöffnet.
closed-owned-todo = Das andere Carryon schließen, dann dieses neu starten.
closed-broken = Die Aufzeichnungen der Uploads lassen sich nicht öffnen.
closed-broken-todo = Das beheben, dann Carryon neu starten.
closed-why = { $why } Ohne sie könnte nach einem Absturz nichts weitergehen. { $todo }

## Die Listen

resumable-title = Fortsetzbar
resumable-summary =
    { $count ->
        [one] { $count } Upload hielt an, bevor er fertig war. Fortsetzen sendet nur, was fehlt.
       *[other] { $count } Uploads hielten an, bevor sie fertig waren. Fortsetzen sendet nur, was fehlt.
    }
can-be-resumed =
    { $count ->
        [one] { $count } Upload kann fortgesetzt werden.
       *[other] { $count } Uploads können fortgesetzt werden.
    }
queue-title = Uploads
finished-title = Fertig
clear-finished = Fertige ausblenden
resume-all = Alle fortsetzen
resume-all-paused = Alle fortsetzen
    .aria-label = Alle angehaltenen Uploads fortsetzen
pause-all = Alle anhalten
discard-all = Alle verwerfen…

upload-count =
    { $count ->
        [one] { $count } Upload
       *[other] { $count } Uploads
    }
running-of = { $running } von { $uploads } laufen

filter-label =
    .aria-label = Welche Uploads gezeigt werden
filter-all = Alle
filter-running = Laufend
filter-waiting = Wartend
filter-paused = Angehalten
filter-attention = Handeln nötig
filter-done = Fertig
search-uploads =
    .aria-label = Uploads durchsuchen
    .placeholder = Name, Ordner oder Ziel suchen
nothing-found = Kein Upload passt zu dem, was gesucht wird.
show-all-again = Alle zeigen

## Ein Ordner

folder-files =
    { $count ->
        [one] { $count } Datei
       *[other] { $count } Dateien
    }
folder-running =
    { $count ->
        [one] { $count } läuft
       *[other] { $count } laufen
    }
folder-open =
    .aria-label = Dateien von { $name } zeigen
folder-close =
    .aria-label = Dateien von { $name } verbergen

## Zustände

state-queued = In der Schlange
state-preparing = Wird vorbereitet
state-uploading = Lädt hoch
state-waiting = Wartet
state-paused = Angehalten
state-finishing = Wird abgeschlossen
state-done = Fertig
state-failed = Fehlgeschlagen
state-interrupted = Unterbrochen
state-source_missing = Datei nicht gefunden
state-source_changed = Datei verändert
state-outcome_unknown = Nicht sicher angekommen
state-needs_sign_in = Anmeldung nötig
state-expired = Abgelaufen

reason-offline = Wartet auf das Netz
reason-backoff = Wartet auf den nächsten Versuch
reason-busy = Der Server ist beschäftigt
reason-captive_portal = Dieses Netz verlangt erst eine Anmeldung
reason-metered = Wartet: diese Verbindung ist getaktet
reason-power = Wartet auf Strom
reason-crash = Unterbrochen, als Carryon unerwartet endete
reason-closed = Unterbrochen, als Carryon geschlossen wurde

## Was eine Zeile sagt

again-in = wieder in { $time }
to-destination = an { $destination }
at-destination = bei { $destination }
starts-at = beginnt { $moment }
priority-is = Vorrang { $priority }
all-was-sent = Alle { $size } wurden gesendet
of-earlier-version = { $part } der früheren Fassung liegen auf dem Server
had-arrived = { $amount } waren angekommen
none-there-yet = { $size }, noch nichts davon auf dem Server
all-is-safe = Alle { $size } liegen sicher auf dem Server
is-safe = { $amount } liegen sicher auf dem Server
chunks-left =
    { $count ->
        [one] noch { $count } Teil
       *[other] noch { $count } Teile
    }
progress-of = Fortschritt von { $name }

explain-captive_portal = Einen Browser öffnen und sich beim Netz anmelden. Der Upload geht dann von selbst weiter.
explain-source_missing =
    Mit „Suchen…“ zeigen, wo die Datei jetzt ist, oder sie nach { $path } zurücklegen und „Nochmals prüfen“ drücken. Was gesendet
    wurde, bleibt erhalten.
explain-source_changed =
    Die Datei ist nicht mehr die, die gesendet wurde. „Neu beginnen“ sendet sie, wie sie jetzt ist, von vorn.
explain-outcome_unknown =
    Jedes Byte wurde gesendet, aber der Server hat auf den letzten Schritt nie geantwortet. „Nochmals abschließen“ bittet ihn, die
    Datei noch einmal zusammenzusetzen, was manche Server nicht gut vertragen; „Als fertig merken“ vertraut darauf, dass sie ankam.
    Wenn möglich, vorher am Ziel nachsehen.
explain-needs_sign_in = Bei { $destination } neu anmelden, dann fortsetzen.
explain-expired =
    Der Server hat vielleicht entfernt, was gesendet wurde. „Trotzdem versuchen“ fragt ihn und sendet, was fehlt; „Neu beginnen“
    sendet die ganze Datei noch einmal.

## Was man tun kann

do-pause = Anhalten
do-resume = Fortsetzen
do-try-anyway = Trotzdem versuchen
do-send-anyway = Trotzdem senden
do-locate = Suchen…
do-check-again = Nochmals prüfen
do-start-over = Neu beginnen
do-discard = Verwerfen
do-cancel = Abbrechen
do-finish-again = Nochmals abschließen
do-mark-done = Als fertig merken
do-to = { $name } { $deed }
do-first = Zuerst senden
do-last = Zuletzt senden
do-up = Nach oben
do-down = Nach unten
do-details = Einzelheiten
do-close-details =
    .aria-label = Einzelheiten schließen

was-found = { $name } wurde gefunden.
was-added =
    { $count ->
        [one] { $count } Upload hinzugefügt
       *[other] { $count } Uploads hinzugefügt
    }
was-resumed = { $count } fortgesetzt
moved-first = Sie gehen jetzt zuerst.
moved-last = Sie gehen jetzt zuletzt.
moved-before = Vor { $name } gestellt.

discard-one = Diesen Upload verwerfen?
discard-many =
    { $count ->
        [one] { $count } Upload verwerfen?
       *[other] { $count } Uploads verwerfen?
    }
start-over-one = Diesen Upload neu beginnen?
start-over-many =
    { $count ->
        [one] { $count } Upload neu beginnen?
       *[other] { $count } Uploads neu beginnen?
    }
held-is-lost = Die { $amount }, die schon auf dem Server liegen, werden gelöscht und können nicht fortgesetzt werden.
none-held =
    { $count ->
        [one] Noch nichts davon liegt auf dem Server.
       *[other] Noch nichts von ihnen liegt auf dem Server.
    }
files-stay =
    { $count ->
        [one] Die Datei auf diesem Rechner bleibt, wo sie ist.
       *[other] Die Dateien auf diesem Rechner bleiben, wo sie sind.
    }
all-again = Danach wird alles von vorn gesendet.
keep-it =
    { $count ->
        [one] Behalten
       *[other] Alle behalten
    }
keep-what-was-sent = Gesendetes behalten
and-more = und { $count } weitere

## Was laut gesagt wird

spoken-state = { $name }: { $state }.
spoken-count =
    { $count ->
        [one] { $count } Upload: { $state }.
       *[other] { $count } Uploads: { $state }.
    }

## Mehrere zugleich

selected =
    { $count ->
        [one] { $count } ausgewählt
       *[other] { $count } ausgewählt
    }
selection =
    .aria-label = Was mit den ausgewählten Uploads geschieht
clear-selection = Auswahl aufheben

## Einzelheiten eines Uploads

details =
    .aria-label = Einzelheiten
details-file = Datei
details-destination = Ziel
details-size = Größe
details-held = Auf dem Server
details-sent = Gesendet seit dem Start
details-verified = Mit Prüfsummen des Servers verglichen
details-chunks = Teile
details-chunk-words = noch { $left } von { $count }
details-added = Hinzugefügt
details-changed = Zuletzt geschehen
details-kept = Aufbewahrt
details-location = Wo sie jetzt ist
chunk-map = Wo jeder Teil der Datei ist
    .aria-label = { $held } % auf dem Server, { $flying } Teile unterwegs, { $again } erneut gesendet
legend-held = Auf dem Server
legend-flying = Unterwegs
legend-waiting = Wartet
legend-again = Erneut gesendet
speed = Geschwindigkeit
speed-now =
    .aria-label = Geschwindigkeit im Verlauf: jetzt { $now }, höchstens { $most }
speed-minute = Minute
speed-hour = Stunde
speed-most = höchstens { $most }
speed-none = Noch hat sich nichts bewegt.
all-speeds = Geschwindigkeit aller Uploads
