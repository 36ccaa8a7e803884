import CertfleetCLI
import Glibc

exit(await CertfleetProgram.run(Array(CommandLine.arguments.dropFirst())))
