# Die Seite, auf der etwas für alles eingestellt wird.

nav-settings = Einstellungen
settings-title = Einstellungen
settings-saved = Gespeichert
settings-reset = Alles zurücksetzen
settings-reset-title = Alle Einstellungen zurücksetzen?
settings-reset-text = Dann ist alles auf dieser Seite wie beim ersten Start. Uploads und Ziele bleiben, wie sie sind.
settings-keep = Behalten
settings-was-reset = Alles ist wie beim ersten Start
settings-unreadable = Diese waren nicht lesbar; bis sie neu gesetzt sind, gelten ihre Voreinstellungen: { $names }.
settings-by-system = Wie das System

settings-uploading = Hochladen
settings-resume = Wenn ein Upload unterbrochen wurde
settings-resume-ask = Mich fragen, ob er weitergeht
settings-resume-always = Immer von selbst weitermachen
settings-resume-never = Von vorn beginnen
settings-resume-off = Nichts davon behalten
settings-resume-help = Ein Ziel kann eine eigene Regel haben.
settings-files = Dateien zugleich
settings-files-help = Von 1 bis 32. Sind es weniger, gehen die letzten zurück in die Warteschlange und verlieren nichts.
settings-connections = Teile einer Datei zugleich
settings-connections-help = Höchstens, von 1 bis 64. Ist es leer, wählt Carryon.
settings-days = Tage, die Unfertiges behalten wird
settings-days-help = Nach dem letzten Byte. Mit 0 bleibt es für immer.

settings-speed = Geschwindigkeit
settings-speed-always = Höchstgeschwindigkeit
settings-speed-help = Etwa 2 MB/s. Leer für unbegrenzt.
settings-times =
    .aria-label = Grenzen nach der Tageszeit
settings-add-time = Tageszeit hinzufügen
settings-time-from = Von
settings-time-to = bis
settings-time-rate = höchstens
settings-time-remove = Entfernen
settings-speed-senseless = Das ist keine Geschwindigkeit. Etwa so: 2 MB/s, oder leer.

settings-power = Strom und Netz
settings-metered = Warten, solange die Verbindung getaktet ist
settings-metered-help = Etwa die eines Telefons oder Zuges. In einem anderen Netz geht es von selbst weiter.
settings-battery = Auf Akku
settings-battery-go-on = Weitermachen
settings-battery-below = Unter { $percent } % warten
settings-battery-always = Immer auf Strom warten
settings-battery-help = Am Netzteil geht es von selbst weiter.
settings-awake = Den Rechner wach halten, solange etwas übertragen wird
settings-awake-help = Der Bildschirm darf dunkel werden. Mit geschlossenem Deckel schläft er trotzdem ein.

settings-notifications = Benachrichtigungen
settings-notify = Was neben dem Fenster gemeldet wird
settings-notify-all = Alles
settings-notify-problems = Was mich braucht
settings-notify-none = Nichts
settings-notify-help = Das Fenster zeigt in jedem Fall alles.

settings-appearance = Aussehen
settings-theme = Farben
settings-theme-light = Hell
settings-theme-dark = Dunkel
settings-theme-help = Sie ändern sich sofort.
settings-language = Sprache
settings-language-help = Sie ändert sich sofort.
settings-motion = Bewegung
settings-motion-reduced = Weniger
settings-motion-help = Dann gleitet und blendet nichts.

settings-start = Start
settings-at-login = Carryon beim Anmelden starten
settings-at-login-help = Damit Uploads nach einem Neustart weitergehen. Es startet ohne sein Fenster.

settings-storage = Speicherort
settings-data = Aufzeichnungen, Einstellungen und Protokolle liegen hier:
settings-open-folder = Ordner öffnen

settings-logs = Protokoll
settings-log = Was aufgeschrieben wird
settings-log-off = Nichts
settings-log-error = Fehler
settings-log-warn = Fehler und Warnungen
settings-log-info = Was getan wird
settings-log-debug = Jede Einzelheit
settings-log-help = Für alle, die einen Fehler suchen. Höchstens fünf Dateien von 1 MB; kein Token, kein Kennwort und keine Adresse eines Uploads steht darin.
settings-open-log = Protokollordner öffnen
settings-copy-report = Bericht kopieren
settings-with-names = Mit den Namen von Dateien und Zielen
settings-report-copied = Der Bericht ist kopiert. Vor dem Weitergeben durchlesen.
settings-report-not-copied = Der Bericht konnte nicht kopiert werden.
