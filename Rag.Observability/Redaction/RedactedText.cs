using System.Buffers;

namespace Rag.Observability.Redaction;

/// <summary>Text under construction, in a rented buffer.</summary>
internal ref struct RedactedText(char[] buffer)
{
    private char[] _buffer = buffer;
    private int _length = 0;

    public void Append(ReadOnlySpan<char> text)
    {
        if (_length + text.Length > _buffer.Length) Grow(text.Length);
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }

    /// <summary>Appends what is left of a secret.</summary>
    public void Append(ReadOnlySpan<char> secret, SecretForm form)
    {
        switch (form)
        {
            case SecretForm.JsonLiteral:
                Append("\"");
                Append(Redactor.Mask);
                Append("\"");
                break;
            case SecretForm.Email:
                Append(secret[..1]);
                Append("***");
                Append(secret[secret.LastIndexOf('@')..]);
                break;
            default:
                Append(Redactor.Mask);
                break;
        }
    }

    public readonly bool Equals(ReadOnlySpan<char> text) => text.SequenceEqual(_buffer.AsSpan(0, _length));

    public readonly override string ToString() => new(_buffer, 0, _length);

    public readonly void Return() => ArrayPool<char>.Shared.Return(_buffer, clearArray: false);

    private void Grow(int more)
    {
        var larger = ArrayPool<char>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + more));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<char>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
