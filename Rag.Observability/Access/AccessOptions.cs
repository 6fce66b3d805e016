using System.ComponentModel.DataAnnotations;

namespace Rag.Observability.Access;

/// <summary>Configuration section <c>Auth</c>.</summary>
public sealed class AccessOptions
{
    public const string Section = "Auth";

    /// <summary>Name of the policy behind <see cref="LongRequestTimeout"/>.</summary>
    public const string LongRequests = "long";

    /// <summary>Whether keys are required; by default everywhere but in development, where callers without a key are the built-in developer, an admin.</summary>
    public bool? Required { get; set; }

    /// <summary>A first admin key from the secret store, with which the others are created. At least 24 characters.</summary>
    [MinLength(24)]
    public string? AdminKey { get; set; }

    /// <summary>Requests per minute of a key that has no limit of its own, and of a caller without a key.</summary>
    [Range(1, 10_000_000)]
    public int RequestsPerMinute { get; set; } = 6000;

    /// <summary>How long a key that was looked up is believed: a revocation elsewhere counts after this time, in this process at once.</summary>
    public TimeSpan CacheTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a known key goes on to be believed while the database is down.</summary>
    public TimeSpan OutageTime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a request may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a request may take that streams, or walks through everything there is: endpoints with <c>WithRequestTimeout(AccessOptions.LongRequests)</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan LongRequestTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Callers without a key are the developer.</summary>
    internal bool IsOpen => Required == false;
}
