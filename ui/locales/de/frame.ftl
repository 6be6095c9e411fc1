# Der Rahmen des Fensters: Navigation, und was überall gesagt wird.

nav =
    .aria-label = Seiten
nav-uploads = Uploads
nav-destinations = Ziele
nav-watched = Überwachte Ordner

problems =
    .aria-label = Probleme

problem-count =
    { $count ->
        [one] { $count } Problem
       *[other] { $count } Probleme
    }
problem-count-cut = { $problems }; die ersten { $shown } sind aufgeführt
dismiss = Ausblenden
dismiss-about = Ausblenden: { $about }
dismiss-all = Alle ausblenden

open-received = Ordner öffnen
files-go-to = Dateien gehen an
files-go-in = in
files-go-at = unter
their-destination = ihr Ziel
this-computer = Dieser Rechner
