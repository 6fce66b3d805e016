namespace Rag.Core.Jobs;

/// <summary>Which jobs go first. Lower numbers run before higher ones.</summary>
internal enum JobPriority : short
{
    High = 0,
    Normal = 10,
    Low = 20,
}
