using System.ComponentModel.DataAnnotations;
using System.Net;
using Distiller.Core;
using Distiller.Core.Settings;
using Distiller.EdgeServer.Escalation;
using Distiller.EdgeServer.Recording;

namespace Distiller.EdgeServer;

/// <summary>Where an edge listens and to whom it answers.</summary>
public sealed record EdgeServerOptions
{
    [Setting("address", "The IP address to listen at; any but loopback needs --token-file")]
    public string Address { get; init; } = "127.0.0.1";

    [Setting("port", "The port to listen at; 0 takes a free one")]
    [Range(0, 65535)]
    public int Port { get; init; } = 8080;

    [Setting(
        "document",
        "The document that agents carried in their prompts, as it stands now: what changed in it since an adapter learnt is answered by the base, from the document"
    )]
    public string? DocumentPath { get; init; }

    /// <summary>Whoever shows it is answered; null: nobody is asked, which only loopback allows.</summary>
    public AccessToken? Token { get; init; }

    public RecordOptions Record { get; init; } = new();

    public EscalationOptions Escalation { get; init; } = new();

    /// <summary>Is told what an operator should know.</summary>
    public Action<string> Tell { get; init; } = _ => { };

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How often the home is looked at for a new release.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Of a request's body, in bytes: more is refused with 413.</summary>
    public int BodyBytesMax { get; init; } = 16 << 20;

    /// <exception cref="BadInputException">No such address, or others can reach it and nothing is asked of them.</exception>
    internal IPAddress Listen()
    {
        OptionsCheck.Require(this);
        var address =
            Address.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
            : IPAddress.TryParse(Address.Trim('[', ']'), out var parsed) ? parsed
            : throw new BadInputException(
                SourceLocation.Option("--address"),
                $"'{Address}' is no IP address.",
                "Give 127.0.0.1 for this machine alone, or 0.0.0.0 with a token."
            );
        return Token is not null || IPAddress.IsLoopback(address)
            ? address
            : throw new BadInputException(
                SourceLocation.Option("--address"),
                $"Others can reach {address}, so a token is needed.",
                $"Make one with `{AccessToken.HowToMake} > token && chmod 600 token` and pass --token-file token."
            );
    }
}
