using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Rag.Observability.Access;
using Rag.Observability.Errors;

namespace Rag.Api.Endpoints;

/// <summary>Keys of callers.</summary>
internal static class KeyEndpoints
{
    private static readonly TimeSpan DefaultOverlap = TimeSpan.Zero;

    public static IEndpointRouteBuilder MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/keys").WithTags("Keys");
        keys.MapGet("/", ListAsync).WithSummary("Lists keys, without their secrets");
        keys.MapPost("/", CreateAsync).WithSummary("Creates a key; its secret is in this answer and nowhere else");
        keys.MapPost("/{id}/rotate", RotateAsync).WithSummary("Gives a key a new secret; the old one may overlap");
        keys.MapDelete("/{id}", RevokeAsync).WithSummary("Revokes a key at once");
        return routes;
    }

    private static async Task<Ok<KeyList>> ListAsync(ApiKeys keys, CancellationToken cancellationToken) =>
        TypedResults.Ok(new KeyList([.. (await keys.ListAsync(cancellationToken)).Select(KeyBody.Of)]));

    private static async Task<Created<IssuedBody>> CreateAsync(NewKey body, ApiKeys keys, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var issued = await keys.CreateAsync(
            body.Name ?? string.Empty, body.ReadRole(), body.ExpiresInDays is { } days ? TimeSpan.FromDays(Math.Clamp(days, 0, 100_000)) : null, body.RequestsPerMinute, Name(user), cancellationToken);
        return TypedResults.Created($"/keys/{issued.Id}", IssuedBody.Of(issued));
    }

    private static async Task<Ok<IssuedBody>> RotateAsync(string id, Rotation? body, ApiKeys keys, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var overlap = body?.OverlapMinutes is { } minutes ? TimeSpan.FromMinutes(Math.Clamp(minutes, -1, 1_000_000)) : DefaultOverlap;
        return TypedResults.Ok(IssuedBody.Of(await keys.RotateAsync(id, overlap, Name(user), cancellationToken)));
    }

    private static async Task<NoContent> RevokeAsync(string id, ApiKeys keys, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        await keys.RevokeAsync(id, Name(user), cancellationToken);
        return TypedResults.NoContent();
    }

    private static string Name(ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier) ?? "unknown";

    internal sealed record NewKey(string? Name, string? Role, int? ExpiresInDays, int? RequestsPerMinute)
    {
        public AccessRole ReadRole() => Role switch
        {
            "reader" => AccessRole.Reader,
            "writer" => AccessRole.Writer,
            "admin" => AccessRole.Admin,
            _ => throw new ValidationException("role", "Expected reader, writer or admin.", "unknown"),
        };
    }

    internal sealed record Rotation(int? OverlapMinutes);

    internal sealed record KeyList(IReadOnlyList<KeyBody> Keys);

    internal sealed record KeyBody(
        string Id, string Name, string Role, int? RequestsPerMinute, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? RotatedAt,
        DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt)
    {
        public static KeyBody Of(ApiKey key) => new(
            key.Id, key.Name, key.Role.ToString().ToLowerInvariant(), key.RequestsPerMinute, key.CreatedAt, key.CreatedBy, key.ExpiresAt, key.RotatedAt, key.RevokedAt, key.LastUsedAt);
    }

    internal sealed record IssuedBody(string Id, string Key, string Name, string Role, DateTimeOffset? ExpiresAt)
    {
        public static IssuedBody Of(IssuedKey key) => new(key.Id, key.Key, key.Name, key.Role.ToString().ToLowerInvariant(), key.ExpiresAt);
    }
}
