/// The pages' words and shapes. Element ids and numbers are the same in every language.
struct WebPages: Sendable {
    enum Language: Sendable { case english, french, unknown }

    var language: Language

    private struct Words {
        var issued: String
        var download: String
        var pending: String
        var received: @Sendable (Int) -> String
        var denied: String
        var message: @Sendable (String) -> String
        var error: String
        var disposition: String
        var dispositionMessage: String
        var lastStatus: String
        var success: String
        var under: String
    }

    private var words: Words {
        switch language {
        case .english:
            Words(
                issued: "The certificate you requested was issued to you.", download: "Download certificate",
                pending: "Certificate Pending",
                received: {
                    "Your certificate request has been received. However, you must wait for an administrator to issue "
                        + "the certificate you requested. Your Request Id is \($0). You must return with this web "
                        + "browser within 10 days to retrieve your certificate."
                },
                denied: "Certificate Request Denied",
                message: { "The disposition message is \"Denied by Policy Module  \($0)\"." }, error: "Error",
                disposition: "Disposition:", dispositionMessage: "Disposition message:", lastStatus: "LastStatus:",
                success: "The operation completed successfully.", under: "Taken Under Submission")
        case .french:
            Words(
                issued: "Le certificat que vous avez demand\u{e9} vous a \u{e9}t\u{e9} d\u{e9}livr\u{e9}.",
                download: "T\u{e9}l\u{e9}charger le certificat", pending: "Certificat en attente",
                received: {
                    "Votre demande a \u{e9}t\u{e9} re&ccedil;ue. Un administrateur doit encore d\u{e9}livrer le "
                        + "certificat. L&#39;identificateur de votre demande est \($0). Revenez dans les 10 jours."
                },
                denied: "Demande de certificat refus\u{e9}e",
                message: { "Le message est \u{ab} Refus\u{e9} par le module de strat\u{e9}gie  \($0) \u{bb}." },
                error: "Erreur", disposition: "Disposition :", dispositionMessage: "Message :",
                lastStatus: "Dernier \u{e9}tat :", success: "L\u{2019}op\u{e9}ration a r\u{e9}ussi.",
                under: "Demande en cours")
        case .unknown:
            Words(
                issued: "La petita atestilo estas eldonita.", download: "El\u{15d}uti", pending: "Atestilo atendas",
                received: { "Via peto estas ricevita. Numero: \($0); revenu post 10 tagoj." },
                denied: "Peto rifuzita", message: { "Kialo: \u{201e}\($0)\u{201d}." }, error: "Eraro",
                disposition: "Stato:", dispositionMessage: "Mesa\u{11d}o:", lastStatus: "Lasta stato:",
                success: "Sukceso.", under: "En laboro")
        }
    }

    private func page(_ title: String, _ body: String) -> String {
        """
        <!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
        <HTML>
        <Head>
        \t<Meta HTTP-Equiv="Content-Type" Content="text/html; charset=UTF-8">
        \t<Title>Microsoft Active Directory Certificate Services</Title>
        </Head>
        <Body BgColor=#FFFFFF Link=#0000FF VLink=#0000FF ALink=#0000FF><Font ID=locPageFont Face="Arial">
        <P ID=locPageTitle> <B> \(title) </B>
        <!-- Green HR --><Table Border=0 CellSpacing=0 CellPadding=0 Width=100%><TR><TD BgColor=#008080></TD></TR></Table>
        \(body)
        </Font></Body>
        </HTML>

        """
    }

    func welcome() -> String { page("AD CS", "<P ID=locWelcome>AD CS</P>") }

    func issued(_ id: Int) -> String {
        page(
            words.issued,
            """
            <Script Language="JavaScript">
            \tfunction handleGetCert() { location="certnew.cer?ReqID=\(id)&"+getEncoding(); }
            </Script>
            <P ID=locCertIssued>\(words.issued)</P>
            <A Href="certnew.cer?ReqID=\(id)&amp;Enc=bin" ID=locDownloadCert>\(words.download)</A>
            <A Href="certnew.p7b?ReqID=\(id)&amp;Enc=bin" ID=locDownloadChain>\(words.download)</A>
            """)
    }

    func pending(_ id: Int) -> String {
        page(words.pending, "<P ID=locInfoReqIDAndReason>\n\t\(words.received(id))</P>")
    }

    func denied(_ id: Int, _ reason: String) -> String {
        page(
            words.denied,
            "<P ID=locDenied>\(words.denied)</P>\n<P ID=locReqID>Id: \(id). \(words.message(reason))</P>")
    }

    func failure(_ reason: String) -> String {
        page(words.error, "<P ID=locErrorParsing>\(reason)</P>")
    }

    /// The page that stands where a certificate should.
    func standing(_ disposition: Int, message: String? = nil, code: String? = nil) -> String {
        page(
            words.error,
            """
            <P ID=locContactAdmin>-</P>
            <DL>
            <DT ID=locModeLabel><Font Size=-1><B>Mode:</B></Font></DT><DD>\n\t\tcertnew</DD>
            <DT ID=locDispLabel><Font Size=-1><B>\(words.disposition)</B></Font></DT><DD>
            \t\t\(disposition) <LocID ID=locDispSpacer>-</LocID> <LocID ID=locDispUnknown>(unknown)</LocID></DD>
            <DT ID=locDispMsgLabel><Font Size=-1><B>\(words.dispositionMessage)</B></Font></DT><DD>
            \t\t\(message ?? words.under)</DD>
            <DT ID=locResultLabel><Font Size=-1><B>Result:</B></Font></DT><DD>\n\t\t-</DD>
            <DT ID=locLastStatLabel><Font Size=-1><B>\(words.lastStatus)</B></Font></DT><DD>
            \t\t\(words.success) \(code ?? "0x0 (WIN32: 0)")</DD>
            </DL>
            """)
    }

    func renewals(_ count: Int) -> String {
        page("CA", "<Script Language=\"JavaScript\">\n\tvar nRenewals=\(count);\n</Script>")
    }
}
