import AgentProtocol
import Testing

struct CLIXMLTests {
    @Test func `an error in xml is shown in words without colours and escapes`() {
        let sent = """
            #< CLIXML\r
            <Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj S="progress" RefId="0">\
            <TN RefId="0"><T>System.Object</T></TN><MS><S N="Activity">Preparing</S></MS></Obj>\
            <S S="Error">_x001B_[31;1mCannot find &lt;X&gt; &amp; &quot;Y&quot;_x000D__x000A_</S>\
            <S S="verbose">not this</S><S S="Error">caf\u{E9} snake_xcase_x0041__x001B_[0m</S></Objs>
            """
        #expect(CLIXML.plainText(Array(sent.utf8)) == "Cannot find <X> & \"Y\"\ncaf\u{E9} snake_xcaseA")
    }

    @Test func `a document inside a document is opened too`() {
        let sent =
            "#< CLIXML\n<Objs><S S=\"Error\">#&lt; CLIXML_x000A_&lt;Objs&gt;&lt;S S=&quot;Error&quot;&gt;deep"
            + "&lt;/S&gt;&lt;/Objs&gt;</S></Objs>"
        #expect(CLIXML.plainText(Array(sent.utf8)) == "deep")
    }

    @Test func `a french console is read in its code page`() {
        let sent =
            Array("'powershell.exe' n'est pas reconnu en tant que programme ex".utf8) + [0x82] + Array("cutable".utf8)
        #expect(CLIXML.plainText(sent) == "'powershell.exe' n'est pas reconnu en tant que programme ex\u{E9}cutable")
        #expect(CLIXML.plainText([0xFF, 0x80, 0xFE]) == "\u{A0}\u{C7}\u{25A0}")
    }

    @Test func `a cut document gives what came of it, at any cut`() {
        let sent = Array(
            "before\n#< CLIXML\r\n<Objs><S S=\"Error\">one_x000A_</S><S S=\"Error\">two &#x41;</S></Objs>after".utf8)
        #expect(CLIXML.plainText(sent) == "before\none\ntwo A\nafter")
        for count in 0...sent.count { #expect(CLIXML.plainText(sent.prefix(count)).utf8.count <= count) }
        #expect(CLIXML.plainText(sent.prefix(60)).hasPrefix("before\none"))
    }
}
