using System.Text.Json;

namespace Qdrant.Local.Filters;

/// <summary>A test of one payload value; never given an array's elements as an array.</summary>
internal interface IValueTest
{
    bool Passes(JsonElement value);
}
