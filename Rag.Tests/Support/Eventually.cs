namespace Rag.Tests.Support;

/// <summary>Waits for something that happens on another thread: bounded, and with a reason when it does not come.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task<T> GetAsync<T>(Func<T?> get, Func<string> otherwise)
        where T : class
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!limit.IsCancellationRequested)
        {
            if (get() is { } found) return found;
            await Task.Delay(5, CancellationToken.None);
        }

        throw new TimeoutException(otherwise());
    }

    public static Task<T> GetAsync<T>(Func<T?> get, string otherwise)
        where T : class => GetAsync(get, () => otherwise);

    public static Task IsTrueAsync(Func<bool> condition, string otherwise) => IsTrueAsync(condition, () => otherwise);

    /// <param name="otherwise">Says what is the case instead, at the time of giving up.</param>
    public static async Task IsTrueAsync(Func<bool> condition, Func<string> otherwise) => await GetAsync(() => condition() ? "yes" : null, otherwise);

    public static async Task IsTrueAsync(Func<Task<bool>> condition, string otherwise)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException(otherwise);
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
