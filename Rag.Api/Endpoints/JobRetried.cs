using Rag.Core.Jobs;

namespace Rag.Api.Endpoints;

/// <summary>Answer of <c>POST /admin/jobs/{id}/retry</c>.</summary>
public sealed record JobRetried(long Id, JobState State);
