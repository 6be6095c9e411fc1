# The frame of the window: navigation, and what is said everywhere.

nav =
    .aria-label = Pages
nav-uploads = Uploads
nav-destinations = Destinations
nav-watched = Watched folders

problems =
    .aria-label = Problems

problem-count =
    { $count ->
        [one] { $count } problem
       *[other] { $count } problems
    }
problem-count-cut = { $problems }; the first { $shown } are listed
dismiss = Dismiss
dismiss-about = Dismiss: { $about }
dismiss-all = Dismiss all

open-received = Open folder
files-go-to = Files go to
files-go-in = in
files-go-at = at
their-destination = their destination
this-computer = This computer
