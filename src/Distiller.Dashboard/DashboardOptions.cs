namespace Distiller.Dashboard;

/// <summary>Where the dashboard listens and to whom it answers.</summary>
public sealed record DashboardOptions
{
    /// <summary>The server's folder: its database, keys and caches lie in <c>.serve/</c> there.</summary>
    public required string Home { get; init; }

    /// <summary>An IP address. Anything but loopback needs a <see cref="Token"/>.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>0 for any free one.</summary>
    public int Port { get; init; } = 5080;

    /// <summary>Whoever shows it may read and command; null: nobody is asked, which only loopback allows.</summary>
    public string? Token { get; init; }
}
