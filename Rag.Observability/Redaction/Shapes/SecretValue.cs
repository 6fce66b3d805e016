using System.Buffers;

namespace Rag.Observability.Redaction.Shapes;

/// <summary>How far the value behind a secret's name goes.</summary>
internal static class SecretValue
{
    /// <summary>How far around a value its surroundings are looked at, so that the work stays linear in the text.</summary>
    private const int Surroundings = 512;

    private static readonly SearchValues<char> Delimiters = SearchValues.Create(" \t\r\n,;&\"'`}])<>|");
    private static readonly SearchValues<char> QueryDelimiters = SearchValues.Create(" \t\r\n&#\"'`<>");
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n\"'`");
    private static readonly string[] Schemes = ["bearer", "basic", "token", "apikey", "api-key", "key", "negotiate", "ntlm", "hoba", "vapid", "privatetoken"];
    private static readonly string[] LongSchemes = ["digest", "hawk", "oauth", "mutual", "aws4-hmac-sha256", "scram-sha-1", "scram-sha-256", "signature"];
    private static readonly string[] NoSecrets = ["true", "false", "null", "none", "undefined", "nil"];

    public static bool TryRead(ReadOnlySpan<char> text, SecretName name, out Secret secret)
    {
        secret = Secret.None;
        if (name.Value >= text.Length) return false;

        if (TryQuoted(text, name.Value, out secret)) return secret.End > secret.Start;
        var end = text[name.Value] is '[' or '{' ? Bracketed(text, name.Value) : Unquoted(text, name);
        var value = text[name.Value..end];
        if (value.IsEmpty || IsOneOf(value, NoSecrets) || value.SequenceEqual(Redactor.Mask)) return false;

        secret = new Secret(name.Value, end, name.IsJson && text[name.Value] != '\\' ? SecretForm.JsonLiteral : SecretForm.Plain);
        return true;
    }

    /// <summary><c>"…"</c>, <c>'…'</c>, or <c>\"…\"</c> of JSON inside a JSON string: the closing quote is escaped as often as the opening one.</summary>
    private static bool TryQuoted(ReadOnlySpan<char> text, int start, out Secret secret)
    {
        secret = Secret.None;
        var open = start;
        while (open < text.Length && text[open] == '\\') open++;
        if (open >= text.Length || text[open] is not ('"' or '\'' or '`')) return false;

        var (quote, depth) = (text[open], open - start);
        for (var i = open + 1; i < text.Length; i++)
        {
            if (text[i] != quote) continue;
            var backslashes = 0;
            while (i - backslashes - 1 > open && text[i - backslashes - 1] == '\\') backslashes++;

            // At depth n a quote that ends the string has n backslashes; one that belongs to it has more. An even run before a bare quote is escaped backslashes.
            if (backslashes > depth && !(depth == 0 && backslashes % 2 == 0)) continue;
            secret = new Secret(open + 1, i - Math.Min(backslashes, depth));
            return true;
        }

        secret = new Secret(open + 1, text.Length);
        return true;
    }

    /// <summary>All of a list or an object; up to the end of the text when it is not closed.</summary>
    private static int Bracketed(ReadOnlySpan<char> text, int start)
    {
        var (depth, isInString, isNested) = (0, false, false);
        for (var i = start; i < text.Length; i++)
        {
            switch (text[i])
            {
                // In JSON inside a JSON string every quote is escaped: strings cannot be told from what is around them.
                case '\\' when isInString:
                    i++;
                    break;
                case '\\':
                    isNested = true;
                    break;
                case '"' when !isNested:
                    isInString = !isInString;
                    break;
                case '[' or '{' when !isInString:
                    depth++;
                    break;
                case ']' or '}' when !isInString && --depth == 0:
                    return i + 1;
                default:
                    break;
            }
        }

        return text.Length;
    }

    private static int Unquoted(ReadOnlySpan<char> text, SecretName name)
    {
        var key = text[name.Start..name.End];
        if (name.Separator == '>') return EndAt(text, name.Value, '<');
        if (name.Separator == ',') return EndAt(text, name.Value, ']');
        if (key.EndsWith("authorization", StringComparison.OrdinalIgnoreCase)) return Authorization(text, name.Value);
        if (key.Contains("cookie", StringComparison.OrdinalIgnoreCase) && name.Separator == ':') return Cookies(text, name.Value);
        if (name.Start > 0 && text[name.Start - 1] is '?' or '&') return EndAtAny(text, name.Value, QueryDelimiters);
        if (name.IsSpaced && RecordEnd(text, name.Value) is var end and > 0) return end;
        if (name.Separator == '=' && ConnectionStringEnd(text, name) is var part and > 0) return part;
        return EndAtAny(text, name.Value, Delimiters);
    }

    /// <summary>The scheme and its token; for schemes with parameters the rest of the line.</summary>
    private static int Authorization(ReadOnlySpan<char> text, int start)
    {
        var word = EndAtAny(text, start, Delimiters);
        var scheme = text[start..word];
        if (IsOneOf(scheme, LongSchemes)) return EndAtAny(text, start, SearchLineEnds(text, start));
        if (word >= text.Length || text[word] != ' ' || !IsOneOf(scheme, Schemes)) return word;

        var token = word;
        while (token < text.Length && text[token] == ' ') token++;
        return EndAtAny(text, token, Delimiters);
    }

    /// <summary>Parameters of a scheme hold quotes: only the end of the line ends them.</summary>
    private static SearchValues<char> SearchLineEnds(ReadOnlySpan<char> text, int start) =>
        text[start..].Contains("=\"", StringComparison.Ordinal) ? LineBreaks : LineEnds;

    private static readonly SearchValues<char> LineBreaks = SearchValues.Create("\r\n");

    /// <summary>All pairs of a cookie header: a space that follows no semicolon ends it.</summary>
    private static int Cookies(ReadOnlySpan<char> text, int start)
    {
        for (var i = start; i < text.Length; i++)
        {
            if (LineEnds.Contains(text[i]) || (text[i] == ' ' && text[i - 1] != ';')) return i;
        }

        return text.Length;
    }

    /// <summary><c>Login { User = bob, Password = correct horse, Age = 3 }</c>: the value ends where the next property begins, or the record ends. 0 when this is no record.</summary>
    private static int RecordEnd(ReadOnlySpan<char> text, int start)
    {
        if (text[Math.Max(0, start - Surroundings)..start].LastIndexOf('{') < 0) return 0;
        var near = text[..Math.Min(text.Length, start + Surroundings)];
        var line = near[start..EndAtAny(near, start, LineBreaks)];
        var close = line.IndexOf(" }");
        if (close < 0) return 0;

        var value = line[..close];
        var next = value.IndexOf(" = ");
        if (next < 0) return start + close;
        var comma = value[..next].LastIndexOf(", ");
        return comma < 0 ? 0 : start + comma;
    }

    /// <summary>In <c>Host=a;Password=b c;Port=1</c> a value goes up to the semicolon, whatever it holds. 0 when this is no connection string.</summary>
    private static int ConnectionStringEnd(ReadOnlySpan<char> text, SecretName name)
    {
        var end = name.Value;
        var limit = Math.Min(text.Length, end + Surroundings);
        while (end < limit && text[end] != ';' && !LineEnds.Contains(text[end])) end++;
        var value = text[name.Value..end];
        var isPart = (end < text.Length && text[end] == ';') || text[Math.Max(0, name.Start - Surroundings)..name.Start].TrimEnd(' ').EndsWith(';');
        if (!isPart) return 0;

        var space = value.IndexOf(' ');
        // Without a semicolon behind it, or with another assignment in it, what follows the space is no part of the value.
        var isProse = space >= 0 && (end >= text.Length || text[end] != ';' || value[space..].Contains('='));
        return isProse ? name.Value + space : end;
    }

    private static bool IsOneOf(ReadOnlySpan<char> value, string[] words)
    {
        foreach (var word in words)
        {
            if (value.Equals(word, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static int EndAt(ReadOnlySpan<char> text, int start, char end)
    {
        var length = text[start..].IndexOf(end);
        return length < 0 ? text.Length : start + length;
    }

    private static int EndAtAny(ReadOnlySpan<char> text, int start, SearchValues<char> ends)
    {
        var length = text[start..].IndexOfAny(ends);
        return length < 0 ? text.Length : start + length;
    }
}
