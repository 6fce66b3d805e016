using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Rag.Observability.Redaction;

/// <summary>
/// Takes secrets and personal data out of whatever leaves the process: the one redactor in front of console, files, OTLP, error store, audit, snapshots, notifications and answers.
/// The key stays, the value goes, the neighbours stay: <c>password=hunter2 user=bob</c> becomes <c>password=[redacted] user=bob</c>; e-mail addresses are masked (<c>b***@example.com</c>).
/// Text without secrets is returned as the same instance, without allocation.
/// Fails closed: what cannot be examined is replaced by <see cref="Withheld"/>, and never does the caller see an exception.
/// </summary>
public sealed class Redactor
{
    /// <summary>Stands where a secret was.</summary>
    public const string Mask = "[redacted]";

    /// <summary>Stands for what could not be examined.</summary>
    public const string Withheld = "[withheld]";

    /// <summary>No shape of a secret is shorter, unless it has a separator in it.</summary>
    private const int ShortestToken = 13;
    private const int MostTemplates = 4096;

    /// <summary>A URL within a URL within a URL.</summary>
    private const int DeepestEscape = 3;

    private static readonly SearchValues<char> WordLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./");

    private readonly CustomRules? _custom;

    /// <summary>Templates are constants of the program: the same one is the same object.</summary>
    private readonly ConcurrentDictionary<string, string> _templates = new(ReferenceEqualityComparer.Instance);
    private readonly StructureRedactor _structures;

    /// <summary>The built-in rules.</summary>
    public Redactor()
        : this(new RedactionOptions())
    {
    }

    /// <summary>The built-in rules and those of the configuration section <c>Redaction</c>.</summary>
    /// <exception cref="ArgumentException">A configured pattern is not a regular expression.</exception>
    public Redactor(IOptions<RedactionOptions> options)
        : this(options.Value)
    {
    }

    internal Redactor(RedactionOptions options)
    {
        _custom = CustomRules.From(options);
        _structures = new StructureRedactor(this);
    }

    /// <summary>Masks whatever looks like a secret in running text.</summary>
    /// <returns>The same instance when nothing was found, and <see cref="Withheld"/> when the text could not be examined.</returns>
    public string Redact(string text)
    {
        try
        {
            if (_custom is null && text.Length < ShortestToken && !text.AsSpan().ContainsAnyExcept(WordLetters)) return text;
            var redacted = RedactAsWritten(text);
            return IsEscaped(redacted) ? RedactEscaped(redacted) : redacted;
        }
        catch (Exception)
        {
            // Whatever it is that went wrong: an unexamined text is not passed on.
            return Withheld;
        }
    }

    /// <summary>
    /// Masks a value by its name and by its content, through lists, maps and JSON of any depth up to eight levels, without changing the original.
    /// Numbers, dates, booleans and the like come back as they are; objects of other types as their redacted text.
    /// </summary>
    public object? Redact(string key, object? value)
    {
        try
        {
            return _structures.Redact(key, value, level: 0);
        }
        catch (Exception)
        {
            return Withheld;
        }
    }

    /// <summary>Like <see cref="Redact(string)"/> for a log message's template, which is examined once.</summary>
    internal string RedactTemplate(string template)
    {
        if (_templates.TryGetValue(template, out var redacted)) return redacted;
        redacted = Redact(template);
        // A message that was put together by its caller is a new object each time: those must not pile up.
        if (_templates.Count < MostTemplates) _templates.TryAdd(template, redacted);
        return redacted;
    }

    /// <summary>Like <see cref="Redact(string, object?)"/> for a name that is known to be harmless.</summary>
    internal object? RedactContent(string key, object? value)
    {
        try
        {
            return value is string text ? Redact(text) : _structures.RedactContent(key, value, level: 0);
        }
        catch (Exception)
        {
            return Withheld;
        }
    }

    /// <summary>Whether a value of this name is a secret, whatever it is. Case and separators do not matter: <c>Api-Key</c>, <c>api_key</c> and <c>apiKey</c> are one name.</summary>
    public bool IsSecretName(ReadOnlySpan<char> name) => SecretNames.IsSecret(name) || (_custom?.IsSecretName(name) ?? false);

    private string RedactAsWritten(string text)
    {
        var redacted = SecretFinder.TryFindFirst(text, out var finder) ? Rewrite(text, finder) : text;
        return _custom is null ? redacted : _custom.Redact(redacted);
    }

    /// <summary>
    /// What is percent-escaped, as the framework's request paths are and URLs within URLs, is examined as it reads. Where that brings a secret to light, the text is shown unescaped.
    /// </summary>
    private string RedactEscaped(string text)
    {
        var (shown, examined) = (text, text);
        for (var depth = 0; depth < DeepestEscape && IsEscaped(examined); depth++)
        {
            var plain = Uri.UnescapeDataString(examined);
            examined = RedactAsWritten(plain);
            if (!ReferenceEquals(examined, plain)) shown = examined;
        }

        return shown;
    }

    private static bool IsEscaped(ReadOnlySpan<char> text)
    {
        while (text.IndexOf('%') is var at and >= 0)
        {
            text = text[(at + 1)..];
            if (text.Length >= 2 && char.IsAsciiHexDigit(text[0]) && char.IsAsciiHexDigit(text[1])) return true;
        }

        return false;
    }

    private static string Rewrite(string text, SecretFinder finder)
    {
        var buffer = ArrayPool<char>.Shared.Rent(text.Length + 256);
        var output = new RedactedText(buffer);
        try
        {
            var written = 0;
            do
            {
                var secret = finder.Current;
                output.Append(text.AsSpan(written, secret.Start - written));
                output.Append(text.AsSpan(secret.Start, secret.End - secret.Start), secret.Form);
                written = secret.End;
            }
            while (finder.TryFindNext(text));

            output.Append(text.AsSpan(written));
            return output.Equals(text) ? text : output.ToString();
        }
        finally
        {
            output.Return();
        }
    }
}
