using System.Runtime.InteropServices;

namespace Qdrant.Local.Vectors;

/// <summary>
/// A page-aligned piece of native memory, its contents undefined until written. Pages cost nothing until they are first written, so
/// a block may be sized generously; on Linux large blocks ask for huge pages, which a scan over hundreds of megabytes feels.
/// </summary>
internal sealed unsafe partial class NativeBlock : SafeHandle
{
    private const nuint Page = 4096;
    private const nuint HugePage = 2 << 20;
    private const int MadviseHugePage = 14;

    public NativeBlock(nuint bytes)
        : base(0, ownsHandle: true)
    {
        var alignment = bytes >= HugePage ? HugePage : Page;
        SetHandle((nint)NativeMemory.AlignedAlloc(bytes, alignment));
        if (alignment == HugePage && OperatingSystem.IsLinux()) _ = Advise(handle, bytes, MadviseHugePage);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Where it begins. Good for as long as the block is not disposed and somebody holds it.</summary>
    public byte* Address => (byte*)handle;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(nint address, nuint bytes, int advice);
}
