# The frame of the window: navigation, and what is said everywhere.

nav =
    .aria-label = Pages
nav-uploads = Uploads

problems =
    .aria-label = Problems
