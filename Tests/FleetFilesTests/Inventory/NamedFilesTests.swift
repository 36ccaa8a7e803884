import FleetModel
import Testing

@testable import FleetFiles

struct NamedFilesTests {
    @Test func `files that a run needs are named once, where they stand first`() throws {
        let text = """
            secrets:
              one: { from: file, path: secrets/one }
              two: { from: env, name: TWO }
            authorities:
              corp: { kind: local, certificate: pki/corp.pem, key: pki/corp.key, chain: [pki/root.pem, pki/corp.pem] }
              public: { kind: drop-folder, outbox: out, inbox: in, chain: pki/public.pem }
            bastions:
              gate: { address: 192.0.2.1, key: /keys/gate }
            defaults: { ssh: { key: ~/.ssh/id, known_hosts: known_hosts }, key: { bits: 2048 } }
            sites:
              lyon: { pools: { fe: { ssh: { key: /keys/fe }, hosts: [{ ssh: { key: /keys/fe01 } }, { ssh: { key: /keys/fe } }] } } }
            """
        let root = try YAMLDocument.parse(text: text, file: "f").root
        let files = InventoryFile.namedFiles(root, ProjectPaths(folder: "/project", home: "/home/me"))
        #expect(
            files.map { "\($0.place.line):\($0.place.column) \($0.what) \($0.path)\($0.isSignInKey ? " !" : "")" } == [
                "2:28 path /project/secrets/one", "5:37 certificate /project/pki/corp.pem",
                "5:56 key /project/pki/corp.key", "5:78 chain /project/pki/root.pem",
                "6:63 chain /project/pki/public.pem", "8:36 key /keys/gate !", "9:25 key /home/me/.ssh/id !",
                "11:38 key /keys/fe !", "11:72 key /keys/fe01 !",
            ])
        let root2 = try YAMLDocument.parse(text: "a: 1", file: "f").root
        #expect(InventoryFile.namedFiles(root2, ProjectPaths(folder: "/project", home: nil)).isEmpty)
    }
}
