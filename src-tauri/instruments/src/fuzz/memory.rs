//! What a thread has of memory, counted as it takes and gives.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

/// The system's allocator, which counts for each thread.
#[derive(Debug)]
pub struct CountingMemory;

thread_local! {
    // No destructors here: an allocator is asked for memory also where a thread ends.
    static NOW: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

fn count(change: isize) {
    let now = NOW.get() + change;
    NOW.set(now);
    MOST.set(MOST.get().max(now));
}

// SAFETY: everything is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for CountingMemory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller keeps to the rules of the trait.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        // SAFETY: as above.
        unsafe { System.realloc(at, layout, size) }
    }
}

/// What this thread has now; what it has at most is counted from here.
pub(super) fn begin() -> isize {
    MOST.set(NOW.get());
    NOW.get()
}

/// The most that this thread had beyond `before`, in bytes.
pub(super) fn most_since(before: isize) -> usize {
    usize::try_from(MOST.get() - before).unwrap_or(0)
}
