using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using Distiller.Core;
using Distiller.Core.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Distiller.Dashboard.Access;

/// <summary>The address and port the server listens on, checked against who may reach them.</summary>
/// <param name="Token">Null on loopback only.</param>
internal sealed record ListeningPlace(IPAddress Address, int Port, AccessToken? Token)
{
    private const int BodyBytesMax = 1 << 20;
    private const int ConnectionsMax = 1_000;
    private static readonly TimeSpan HeadersTimeMax = TimeSpan.FromSeconds(15);

    /// <exception cref="BadInputException">No such address, or it can be reached by others and nothing is asked of them.</exception>
    public static ListeningPlace Of(DashboardOptions options)
    {
        OptionsCheck.Require(options);
        var address = IpAddressAttribute.Parse(options.Address)!;
        var token = options.Token is null ? null : new AccessToken(options.Token, "--token-file");
        if (token is null && !IPAddress.IsLoopback(address))
        {
            throw new BadInputException(
                SourceLocation.Option("--address"),
                $"Others can reach {address}, so a token is needed.",
                $"Make one with `{AccessToken.HowToMake} > token && chmod 600 token` and pass --token-file token, or set ${AccessToken.Variable}; "
                    + "or leave out --address to listen on this machine only."
            );
        }

        return new ListeningPlace(address, options.Port, token);
    }

    public void Listen(KestrelServerOptions kestrel)
    {
        kestrel.Listen(Address, Port);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
        kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
        kestrel.Limits.RequestHeadersTimeout = HeadersTimeMax;
    }

    /// <summary>Whether a Host header names this machine. Another name that leads here belongs to a stranger's page.</summary>
    public bool IsOwnName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (
            IPAddress.TryParse(host.Trim('[', ']'), out var address)
            && (address.Equals(IPAddress.Loopback) || address.Equals(IPAddress.IPv6Loopback) || address.Equals(Address))
        );

    /// <summary>What is counted as one visitor: an IPv4 address, or the /64 that one IPv6 customer has.</summary>
    public static string Visitor(IPAddress? address)
    {
        if (address is null)
        {
            return "unknown";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }
}

/// <summary>An IP address, or <c>localhost</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class IpAddressAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is string text && Parse(text) is not null;

    /// <summary>Null: it is none.</summary>
    public static IPAddress? Parse(string text) =>
        text.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : IPAddress.TryParse(text.Trim('[', ']'), out var address) ? address
        : null;
}
