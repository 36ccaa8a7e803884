import CLibSSH2
import Glibc

// What libssh2 calls: each finds its session's memory behind the library's own pointer.

/// Reads from the socket in libssh2's place; errors are negative errno values, as libssh2 wants them.
let receiveCallback:
    @convention(c) (Int32, UnsafeMutableRawPointer?, Int, Int32, UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Int =
        { socket, buffer, length, flags, abstract in
            guard let pointer = abstract?.pointee else { return -Int(EBADF) }
            let place = UnsafeMutableRawBufferPointer(start: buffer, count: length)
            return Unmanaged<SessionMemory>.fromOpaque(pointer)._withUnsafeGuaranteedRef {
                $0.receive(socket, into: place, flags)
            }
        }

/// Writes into the socket, or the tunnel, in libssh2's place; errors are negative errno values.
let sendCallback:
    @convention(c) (Int32, UnsafeRawPointer?, Int, Int32, UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Int =
        { socket, buffer, length, flags, abstract in
            guard let pointer = abstract?.pointee else { return -Int(EBADF) }
            let bytes = UnsafeRawBufferPointer(start: buffer, count: length)
            return Unmanaged<SessionMemory>.fromOpaque(pointer)._withUnsafeGuaranteedRef {
                $0.send(bytes, to: socket, flags)
            }
        }

/// Asked for a signature, it notes what is to be signed and says "again" until somebody has signed it.
let signCallback:
    @convention(c) (
        OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, UnsafeMutablePointer<Int>?,
        UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Int32 = { _, signature, signatureLength, data, length, abstract in
        guard let memory = SessionMemory.behind(abstract) else { return -1 }
        switch memory.signature {
        case .none:
            memory.signature = .wanted(Array(UnsafeBufferPointer(start: data, count: length)))
            return LIBSSH2_ERROR_EAGAIN
        case .wanted:
            return LIBSSH2_ERROR_EAGAIN
        case .failed:
            return -1
        case .made(let bytes):
            // libssh2 frees it with `free`.
            guard let copy = malloc(max(1, bytes.count)) else { return -1 }
            bytes.withUnsafeBytes {
                copy.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(copy), byteCount: $0.count)
            }
            signature?.pointee = copy.assumingMemoryBound(to: UInt8.self)
            signatureLength?.pointee = bytes.count
            memory.signature = .none
            return 0
        }
    }

/// Asked for a new password it gives none, and notes that the old one has expired: without a callback libssh2 1.10 calls
/// that a refusal like any other.
let newPasswordCallback:
    @convention(c) (
        OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, UnsafeMutablePointer<Int32>?,
        UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Void = { _, _, _, abstract in SessionMemory.behind(abstract)?.wasAskedForNewPassword = true }

/// Answers exactly one question that hides its answer; a round without questions is only information.
let answerCallback:
    @convention(c) (
        UnsafePointer<CChar>?, Int32, UnsafePointer<CChar>?, Int32, Int32,
        UnsafePointer<LIBSSH2_USERAUTH_KBDINT_PROMPT>?, UnsafeMutablePointer<LIBSSH2_USERAUTH_KBDINT_RESPONSE>?,
        UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Void = { name, nameLength, text, textLength, count, prompts, responses, abstract in
        guard let memory = SessionMemory.behind(abstract) else { return }
        memory.instruct(UnsafeRawBufferPointer(start: name, count: name == nil ? 0 : Int(max(0, nameLength))))
        memory.instruct(UnsafeRawBufferPointer(start: text, count: text == nil ? 0 : Int(max(0, textLength))))
        guard count > 0 else { return }
        guard count == 1, let prompts, prompts.pointee.echo == 0, let answer = memory.answer, let responses else {
            memory.wasAskedMore = true
            return
        }
        memory.answer = nil
        answer.withCharacters { characters in
            guard let copy = malloc(answer.count + 1) else { return }
            copy.copyMemory(from: characters, byteCount: answer.count + 1)
            responses.pointee.text = copy.assumingMemoryBound(to: CChar.self)
            responses.pointee.length = UInt32(answer.count)
        }
    }

/// Notes what the other side says when it ends the connection.
let disconnectCallback:
    @convention(c) (
        OpaquePointer?, Int32, UnsafePointer<CChar>?, Int32, UnsafePointer<CChar>?, Int32,
        UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Void = { _, _, message, length, _, _, abstract in
        let memory = SessionMemory.behind(abstract)
        memory?.hasEnded = true
        guard let message, length > 0 else { return }
        memory?.end(UnsafeRawBufferPointer(start: message, count: Int(length)))
    }

let allocateCallback:
    @convention(c) (Int, UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> UnsafeMutableRawPointer? = {
        count, abstract in
        let start = malloc(count)
        SessionMemory.noting(abstract)?.note(start, count)
        return start
    }

let reallocateCallback:
    @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutablePointer<UnsafeMutableRawPointer?>?) ->
        UnsafeMutableRawPointer? = { old, count, abstract in
            let memory = SessionMemory.noting(abstract)
            memory?.forget(old)
            let start = realloc(old, count)
            memory?.note(start, count)
            return start
        }

let freeCallback: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Void = {
    start, abstract in
    SessionMemory.noting(abstract)?.forget(start)
    if let start, ToldExits.concerns(start) { SessionMemory.behind(abstract)?.told.note(start) }
    free(start)
}
