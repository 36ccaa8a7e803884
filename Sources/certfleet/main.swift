import CertfleetCLI
import Glibc

let code = await CertfleetProgram.run(Array(CommandLine.arguments.dropFirst()))
fflush(nil)
// Not exit(): it has OpenSSL clean up after itself while a worker may still be ending a connection with it.
_exit(code)
