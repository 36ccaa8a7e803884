/// The look of the HTML report.
enum ReportStyle {
    static let sheet: HTML = """
        :root{--ink:#1b1f24;--paper:#fdfdfc;--faint:#667;--line:#dcdfe3;--tint:#f3f4f6;--good:#11713a;--bad:#b3261e;\
        --waiting:#8a5a00}
        @media (prefers-color-scheme:dark){:root{--ink:#e4e6e9;--paper:#16181b;--faint:#9aa1ab;--line:#30353b;\
        --tint:#1f2327;--good:#5fcf8b;--bad:#ff8a80;--waiting:#f0b64d}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI",sans-serif}
        main{max-width:72rem;margin:0 auto;padding:2.5rem 1.25rem 5rem}
        h1{font-size:1.9rem;line-height:1.2;margin:.1rem 0 .4rem}
        h2{font-size:1.25rem;margin:2.6rem 0 .7rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}
        h3{font-size:1.05rem;margin:1.6rem 0 .2rem}
        h4{font-size:.95rem;margin:1rem 0 .3rem}
        p{margin:.3rem 0}ul{margin:.3rem 0;padding-left:1.2rem}
        .kicker{color:var(--faint);font-size:.9rem;letter-spacing:.02em}
        .verdict{font-size:1.1rem;font-weight:600}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1.2rem;margin:1rem 0}
        dt{color:var(--faint)}dd{margin:0}
        table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
        th{text-align:left;font-weight:600;color:var(--faint)}
        th,td{padding:.35rem .9rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
        td ul{margin:0;padding-left:1rem}
        .scroll{overflow-x:auto}.number{text-align:right;white-space:nowrap}
        code{font:.86em/1.4 ui-monospace,"Cascadia Mono",Menlo,monospace;background:var(--tint);padding:.05em .3em;\
        border-radius:3px;overflow-wrap:anywhere}
        .good{color:var(--good)}.bad{color:var(--bad)}.waiting{color:var(--waiting)}.faint{color:var(--faint);\
        font-weight:400}
        .fault{border-left:3px solid var(--bad);background:var(--tint);padding:.5rem .8rem;margin:.5rem 0}
        .todo{border-left:3px solid var(--waiting);background:var(--tint);padding:.1rem 1rem .7rem;margin-top:1.5rem}
        .wrong{border-left:3px solid var(--bad);background:var(--tint);padding:.1rem 1rem .7rem;margin-top:1.5rem}
        .wrong a{color:inherit;font-weight:600}
        .todo h2,.wrong h2{border:0;margin:.6rem 0 .2rem}.hint{color:var(--faint)}
        details{margin:.5rem 0}summary{cursor:pointer;padding:.2rem 0}
        @media (max-width:48rem){.hosts thead{display:none}.hosts tr{display:block;padding:.4rem 0;\
        border-bottom:1px solid var(--line)}.hosts td{display:block;border:0;padding:.05rem 0}\
        .hosts td[data-is]::before{content:attr(data-is);display:inline-block;width:4.5rem;color:var(--faint)}}
        @media print{details>*{display:revert}body{font-size:11pt}}
        """
}
