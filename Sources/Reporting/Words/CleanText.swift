extension String {
    /// The text on one line with nothing in it that a terminal obeys: what servers and authorities say is shown, and
    /// must not be able to move the cursor, change colours or turn the direction of writing.
    package var cleaned: String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: result.append(" ")
            case .format, .surrogate, .privateUse: continue
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Padded with spaces on the right.
    func padded(_ width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }

    func paddedLeft(_ width: Int) -> String {
        count >= width ? self : String(repeating: " ", count: width - count) + self
    }

    /// At most `width` characters, the last an ellipsis when something was cut.
    func cut(_ width: Int) -> String {
        count <= width ? self : String(prefix(max(0, width - 1))) + (width > 0 ? "…" : "")
    }
}

/// `1 host`, `2 hosts`.
func counted(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
}
