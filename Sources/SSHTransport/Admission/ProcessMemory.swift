import CLinux

/// How this process asks the system for memory.
package enum ProcessMemory {
    /// Lets all threads share one heap. By default each thread that finds the heap in use gets another, none of which ever
    /// gives a place to what another needs, and which grow page by page; with hundreds of sessions that is megabytes.
    package static func shareHeap() { linux_share_heap() }
}
