# Was schiefgehen kann, ein Satz für jeden Code der Anwendung (engine/src/error.rs): was geschehen ist und was jetzt zu tun ist.
# Auf Englisch stehen stattdessen die Worte der Anwendung selbst da, denn sie sagen mehr.

error-transient = Das Ziel hat nicht so geantwortet, wie es sollte. Carryon versucht es von selbst erneut; nichts Bestätigtes geht verloren.
error-busy = Das Ziel ist ausgelastet. Carryon wartet so lange, wie es verlangt, und macht dann weiter.
error-offline = Das Ziel ist nicht erreichbar. Carryon macht weiter, sobald das Netz wieder da ist.
error-captive_portal = Anstelle des Ziels antwortet etwas anderes, vielleicht eine Anmeldeseite dieses Netzes. Dort anmelden, dann geht es weiter.
error-offset_mismatch = Das Ziel steht an einer anderen Stelle als erwartet. Carryon fragt nach und macht von dort aus weiter.
error-unknown = Es ist nicht bekannt, ob das ausgeführt wurde. Erneut versuchen; was bestätigt ist, wird nicht doppelt gesendet.
error-too_large = Das Ziel oder etwas davor nimmt keine so großen Anfragen an. Kleinere Teile einstellen und neu beginnen.
error-gone = Das Ziel hat diesen Upload nicht mehr. Neu beginnen.
error-reset = Das Ziel verlangt alle Teile noch einmal. Neu beginnen.
error-unauthorized = Das Ziel lehnt die Anmeldung ab. Das Token prüfen, dann fortsetzen.
error-quota_full = Das Ziel hat keinen Platz mehr. Dort Platz schaffen, dann fortsetzen.
error-exists = Etwas mit diesem Namen gibt es schon. Das Ziel prüfen, dann fortsetzen oder neu beginnen.
error-integrity = Was ankam, ist nicht das, was gesendet wurde. Neu beginnen; geschieht es wieder, Netz und Festplatte prüfen.
error-source_changed = Die Datei ist nicht mehr die, mit der der Upload begonnen hat. Neu beginnen, um sie so zu senden, wie sie jetzt ist, oder den Upload verwerfen.
error-source_missing = Die Datei ist nicht mehr dort, wo sie war, oder lässt sich nicht öffnen. Zurücklegen oder zeigen, wo sie jetzt liegt; dann fortsetzen.
error-rejected = Das Ziel nimmt das nicht an. Das Ziel prüfen, dann fortsetzen oder neu beginnen.
error-storage = Die Aufzeichnungen von Carryon lassen sich nicht lesen oder schreiben. Prüfen, ob der Datenordner beschreibbar ist und Platz hat.
error-owned = Ein anderes Carryon hat die Aufzeichnungen geöffnet. Es schließen oder diesem einen anderen Datenordner geben.
error-invalid = Die Angabe ergibt keinen Sinn. Prüfen, dann erneut versuchen.
