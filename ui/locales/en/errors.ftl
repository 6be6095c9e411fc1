# What can go wrong, one sentence for each code of the app (engine/src/error.rs): what happened, and what to do now.
# In English the app's own words are shown instead, for they say more.

error-transient = The destination did not answer as it should. Carryon tries again by itself; nothing confirmed is lost.
error-busy = The destination is busy. Carryon waits as long as it asks for, then goes on.
error-offline = The destination cannot be reached. Carryon goes on as soon as the network is back.
error-captive_portal = Something else answers in the destination's place, perhaps a sign-in page of this network. Sign in there; then it goes on.
error-offset_mismatch = The destination stands elsewhere than expected. Carryon asks it and goes on from there.
error-unknown = Nobody knows whether this was carried out. Try again; what is confirmed is not sent twice.
error-too_large = The destination, or something before it, takes no requests of this size. Set smaller chunks and start over.
error-gone = The destination no longer holds this upload. Start over.
error-reset = The destination asks for all chunks again. Start over.
error-unauthorized = The destination does not accept who is asking. Check its token, then resume.
error-quota_full = The destination has no room left. Make room there, then resume.
error-exists = Something of this name is there already. Check the destination, then resume or start over.
error-integrity = What arrived is not what was sent. Start over; if it happens again, look at the network or the disk.
error-source_changed = The file is no longer the one that the upload began with. Start over to send it as it is now, or discard the upload.
error-source_missing = The file is not where it was, or cannot be opened. Put it back, or locate it; then resume.
error-rejected = The destination does not take this. Check the destination, then resume or start over.
error-storage = Carryon's records cannot be read or written. Check that the data folder can be written and has room.
error-owned = Another Carryon has the records open. Close it, or give this one another data folder.
error-invalid = What was given makes no sense. Check it, then try again.
