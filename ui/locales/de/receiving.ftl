# Der eingebaute Empfänger: wo dieser Rechner ablegt, was er empfängt, und wer senden darf.

nav-receiving = Empfang
receiving-title = Empfang
receiving-lesson = Carryon kann selbst ein Ziel sein. Was ankommt, wird Teil für Teil in einem Ordner zusammengesetzt und übersteht Absturz und Stromausfall.
receiving-on = Dieser Rechner empfängt
receiving-on-hint = { $state ->
    [on] Er ist ein Ziel für dieses Fenster und für andere, denen es unten erlaubt wird.
    [waiting] Ausgeschaltet. { $count ->
        [one] { $count } Upload wartet angehalten; er geht weiter, sobald der Empfang eingeschaltet wird.
       *[other] { $count } Uploads warten angehalten; sie gehen weiter, sobald der Empfang eingeschaltet wird.
    }
   *[off] Ausgeschaltet. Er ist kein Ziel, bis der Empfang eingeschaltet wird.
}

receiving-folder = Ordner
receiving-folder-choose = Auswählen…
receiving-folder-open = Ordner öffnen
receiving-folder-fixed = Carryon wurde mit diesem Ordner gestartet.
receiving-free = { $size } frei auf diesem Datenträger
receiving-move-title = In einen anderen Ordner empfangen?
receiving-move-text = { $count ->
    [one] { $count } Upload ist im bisherigen Ordner unfertig. Was von ihm da ist, bleibt dort; im anderen Ordner beginnt er von vorn, außer es wird wieder zu diesem gewechselt.
   *[other] { $count } Uploads sind im bisherigen Ordner unfertig. Was von ihnen da ist, bleibt dort; im anderen Ordner beginnen sie von vorn, außer es wird wieder zu diesem gewechselt.
}
receiving-move-do = Anderen Ordner nehmen
receiving-move-keep = Hier bleiben
receiving-off-title = Empfang ausschalten?
receiving-off-text = { $count ->
    [one] { $count } Upload kommt gerade an. Er wird unterbrochen; nichts, was da ist, geht verloren, und er kann weitergehen, sobald der Empfang wieder eingeschaltet wird.
   *[other] { $count } Uploads kommen gerade an. Sie werden unterbrochen; nichts, was da ist, geht verloren, und sie können weitergehen, sobald der Empfang wieder eingeschaltet wird.
}
receiving-off-do = Ausschalten
receiving-off-keep = Weiter empfangen

receiving-others = Wer sonst hierher senden darf
receiving-door-closed = Niemand
receiving-door-here = Programme auf diesem Rechner
receiving-door-network = Andere Rechner im Netz
receiving-plain-risk = Ohne Zertifikat ist nichts verschlüsselt: Wer im Netz mithört, kann Dateien und Token unterwegs lesen.
receiving-port = Port
receiving-port-hint = 0 nimmt bei jedem Start einen freien.
receiving-cert = Zertifikat (PEM)
receiving-key = Zugehöriger privater Schlüssel (PEM)
receiving-choose-cert =
    .aria-label = Zertifikat auswählen
receiving-choose-key =
    .aria-label = Privaten Schlüssel auswählen
receiving-tls-hint = Mit beiden Dateien wird mit anderen über https gesprochen.
receiving-names = Namen, unter denen andere diesen Rechner ansprechen
receiving-names-hint = Mit Port, etwa nas.local:8080; mehrere durch Kommas getrennt. Die Nummern gelten immer.
receiving-origins = Webseiten, die senden dürfen
receiving-origins-hint = Ihr Ursprung, etwa https://example.org; mehrere durch Kommas getrennt.

receiving-address-title = Was andere brauchen
receiving-token = Token
receiving-token-session = Es kann nicht im Schlüsselbund liegen: { $why }. Beim nächsten Start gibt es ein anderes.
receiving-copy = Kopieren
receiving-copy-of = Kopieren: { $name }
receiving-copied = Kopiert.
receiving-not-copied = Das ließ sich nicht kopieren. Bitte markieren und von Hand kopieren.
receiving-new-token = Neues Token…
receiving-renew-title = Ein neues Token erzeugen?
receiving-renew-text = Wer das jetzige benutzt, wird ab dann abgewiesen, bis er das neue bekommen hat.
receiving-renew-do = Neues Token erzeugen
receiving-renew-keep = Dieses behalten
receiving-renewed = Es gibt ein neues Token.
receiving-fine-uploader = Fine Uploader
receiving-tus = tus
receiving-ietf = Fortsetzbare Uploads (IETF)

receiving-limits = Grenzen
receiving-max-size = Größte Datei
receiving-max-size-hint = Etwa 50 GB. Leer: jede Größe.
receiving-min-free = Platz, der frei bleiben soll
receiving-min-free-hint = Etwa 10 GB. Leer: 67,1 MB.
receiving-keep-days = Tage, die Unfertiges bleibt
receiving-keep-days-hint = Nach dem letzten Byte.
receiving-not-a-size = Bitte eine Größe angeben, etwa 50 GB.
receiving-not-a-number = Bitte eine ganze Zahl angeben.
receiving-not-a-port = Ein Port ist eine Zahl von 0 bis 65535.
receiving-tls-half = Bitte beide Dateien wählen oder keine.
receiving-apply = Anwenden
receiving-applied = Gilt ab jetzt.

receiving-coming = Kommt gerade an
receiving-coming-count = { $count ->
    [one] { $count } unfertiger Upload
   *[other] { $count } unfertige Uploads
}
receiving-coming-facts = { $held } von { $size } · letztes Byte { $when } · bleibt bis { $until }
receiving-coming-unknown = { $held } bisher · letztes Byte { $when } · bleibt bis { $until }
receiving-from = von { $who }
receiving-arrived = Zuletzt angekommen
receiving-nothing = Noch ist nichts angekommen. Auf der Seite Uploads eine Datei ablegen oder andere hierher senden lassen.
