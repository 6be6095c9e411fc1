# Die Seite mit der Anleitung.

nav-help = Hilfe
help-title = Hilfe
help-lesson = Wie Carryon arbeitet, in wenigen Minuten.
help-contents =
    .aria-label = Kapitel
help-unreadable = Die Anleitung lässt sich nicht lesen. Sie steht auch auf der Seite des Projekts.
