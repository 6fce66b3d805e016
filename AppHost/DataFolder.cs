using System.Security.Cryptography;

namespace RagObservability.AppHost;

/// <summary>
/// The one folder in which everything lives that must survive a restart. It belongs to one AppHost at a time; it is opened, locked and,
/// where asked for, emptied by the first who needs it.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = ".lock";

    // Only a folder with this file in it is ever emptied: --data ~ --fresh must not empty a home folder.
    private const string MarkName = ".rag-observability-data";

    private readonly Lazy<FileStream> _lock;

    /// <param name="path">The folder.</param>
    /// <param name="fresh">True = empty it when it is opened.</param>
    public DataFolder(string path, bool fresh)
    {
        Path = System.IO.Path.GetFullPath(path);
        _lock = new(() => Open(fresh));
    }

    public string Path { get; }

    /// <exception cref="DistributedApplicationException">Another AppHost has it, it cannot be written, or it shall be emptied and is not ours.</exception>
    public void Open() => _ = _lock.Value;

    public string Folder(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A secret that was made once for this folder: 32 letters and digits, readable by the owner only.</summary>
    public string Secret(string name)
    {
        Open();
        var file = Folder(name);
        if (!File.Exists(file))
        {
            var secret = RandomNumberGenerator.GetString("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 32);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

            // Written aside and renamed, so that a run that is killed here leaves no half secret.
            var aside = file + ".new";
            File.Delete(aside);
            using (var writer = new StreamWriter(aside, options)) writer.Write(secret);
            File.Move(aside, file);
        }

        return File.ReadAllText(file);
    }

    public void Dispose()
    {
        if (_lock.IsValueCreated) _lock.Value.Dispose();
    }

    private FileStream Open(bool fresh)
    {
        FileStream? held = null;
        try
        {
            if (fresh && !IsOurs())
                throw new DistributedApplicationException($"--fresh would empty {Path}, but no AppHost made that folder. Empty it yourself, or choose another with --data DIR.");

            Directory.CreateDirectory(Path);
            held = FileLock.TryAcquire(Folder(LockName))
                ?? throw new DistributedApplicationException($"Another AppHost uses the data folder {Path}. Stop that one, or give this one a folder of its own with --data DIR.");
            if (fresh) Empty();
            File.WriteAllText(Folder(MarkName), "Data of RagObservability's AppHost. `--fresh` empties this folder.\n");
            return held;
        }
        catch (Exception e)
        {
            held?.Dispose();
            if (e is not (IOException or UnauthorizedAccessException)) throw;
            throw new DistributedApplicationException($"The data folder {Path} cannot be used: {e.Message} Choose another with --data DIR.", e);
        }
    }

    private bool IsOurs() =>
        !Directory.Exists(Path)
        || File.Exists(Folder(MarkName))
        || Directory.EnumerateFileSystemEntries(Path).All(entry => System.IO.Path.GetFileName(entry) == LockName);

    private void Empty()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path)) Directory.Delete(folder, recursive: true);
        foreach (var file in Directory.EnumerateFiles(Path))
        {
            if (System.IO.Path.GetFileName(file) != LockName) File.Delete(file);
        }
    }
}
