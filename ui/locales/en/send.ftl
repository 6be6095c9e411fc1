# The question whether files are to be sent, and where.

send-title = { $count ->
    [one] Send { $count } file or folder?
   *[other] Send { $count } files and folders?
}
send-lesson = Nothing has been sent yet.
send-lesson-link = A link asks for this. Nothing has been read or sent yet; send it only if you know where the link comes from.
send-to = To
send-gone = There is no saved destination “{ $name }”. Choose another one.
send-do = Send
send-cancel = Do not send
