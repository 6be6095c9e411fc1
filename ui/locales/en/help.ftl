# The page with the user guide.

nav-help = Help
help-title = Help
help-lesson = How Carryon works, in a few minutes.
help-contents =
    .aria-label = Chapters
help-unreadable = The guide cannot be read. It also stands on the project's page.
