# Der Rahmen des Fensters: Navigation, und was überall gesagt wird.

nav =
    .aria-label = Seiten
nav-uploads = Uploads
nav-destinations = Ziele

problems =
    .aria-label = Probleme
