using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Aspire.Hosting.Orchestrator;

/// <summary>Finds ports on which nobody listens.</summary>
internal sealed class PortAllocator
{
    // Below the range from which Linux takes the ports of outgoing connections: a free port stays free until its process listens.
    private const int First = 10000;
    private const int Last = 32767;

    private readonly HashSet<int> _given = [];
    private readonly Lock _gate = new();

    /// <summary>A free port that was not given before.</summary>
    public int NextFree()
    {
        lock (_gate)
        {
            for (var attempt = 0; attempt < 1000; attempt++)
            {
                // At random, so that two AppHosts that start at once do not walk the same row.
                var port = RandomNumberGenerator.GetInt32(First, Last + 1);
                if (!_given.Contains(port) && IsFree(port))
                {
                    _given.Add(port);
                    return port;
                }
            }
        }

        throw new DistributedApplicationException($"No port between {First} and {Last} is free.");
    }

    /// <summary>Keeps a port that was chosen elsewhere from being given.</summary>
    public void Reserve(int port)
    {
        lock (_gate) _given.Add(port);
    }

    /// <summary>True = nobody listens on the port of either loopback address.</summary>
    public static bool IsFree(int port) => CanListen(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanListen(IPAddress.IPv6Loopback, port));

    private static bool CanListen(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // On Windows a listener could otherwise share the port; elsewhere .NET's own default is what a server uses.
            if (OperatingSystem.IsWindows()) socket.ExclusiveAddressUse = true;
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException e)
        {
            // A machine without IPv6 on loopback is no reason to call a port taken.
            return e.SocketErrorCode == SocketError.AddressNotAvailable;
        }
    }
}
