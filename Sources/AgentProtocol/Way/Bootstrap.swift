import FoundationEssentials

/// The constant first script, which fits into a command line and reads the agent from stdin.
///
/// It never mentions `$input`: the PowerShell host would then eat stdin itself. It begins with `$`, so that its base64
/// begins with `J` and not with `/`, which some shells would rewrite.
package enum Bootstrap {
    /// The text, 454 characters, lines ended by `\n`.
    package static let text = """
        $ErrorActionPreference='Stop';$ProgressPreference='SilentlyContinue'
        $r=New-Object IO.StreamReader([Console]::OpenStandardInput(),(New-Object Text.UTF8Encoding $false),$false,65536)
        $n=0;if(-not [int]::TryParse($r.ReadLine(),[ref]$n)){exit 90}
        $c=New-Object char[] $n;$o=0
        while($o -lt $n){$k=$r.Read($c,$o,$n-$o);if($k -le 0){exit 91};$o+=$k}
        & ([scriptblock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64CharArray($c,0,$n)))) $r
        exit 92
        """

    /// The one command line, 1302 characters, that works under every default shell of Windows: no quote, no path.
    package static let commandLine =
        "powershell.exe -NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand " + encoded

    /// The text as UTF-16LE in base64.
    private static var encoded: String {
        Data(text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }).base64EncodedString()
    }
}
