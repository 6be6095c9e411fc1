# The finished files of a destination.

files-title = Finished files
files-at = At
files-refresh = Refresh
files-close = Close
files-asking = Asking { $name }…
files-nobody-tells = No destination tells which files it holds.

files-count = { $count ->
    [one] 1 file
   *[other] { NUMBER($count) } files
}
files-count-size = { files-count }, { $size }
files-at-destination = { $files } at { $name }.
files-cut = The list goes on, but its next entry cannot be read.
files-unreadable = No entry of the list of { $name } can be read.
files-none-own = Nothing yet. What arrives at { $name } is listed here for a week, as long as it stays where it was put.
files-none = { $name } tells of no finished files.
files-more = { $count ->
    [one] Show { NUMBER($next) } more of 1 file
   *[other] Show { NUMBER($next) } more of { NUMBER($count) } files
}

file-delete = Delete
file-delete-named = Delete { $name }
file-deleted = { $name } was deleted. { $left } left.
file-deleted-last = { $name } was deleted. Nothing is left.
file-delete-title = Delete this file?
file-delete-text = It is deleted at { $name }, for good. The file on this computer stays where it is.
file-delete-text-own = It is deleted at { $name }, for good. The file it was uploaded from stays where it is.
file-keep = Keep it
