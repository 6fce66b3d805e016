using Rag.Core.Jobs;

namespace Rag.Api.Endpoints;

/// <summary>Answer of <c>GET /admin/jobs</c>.</summary>
public sealed record JobList(IReadOnlyList<Job> Jobs);
