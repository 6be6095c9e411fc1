# Der Rahmen des Fensters: Navigation, und was überall gesagt wird.

nav =
    .aria-label = Seiten
nav-uploads = Uploads
nav-watched = Überwachte Ordner

problems =
    .aria-label = Probleme
