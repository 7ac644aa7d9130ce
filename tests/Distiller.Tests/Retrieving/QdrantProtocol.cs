using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Numerics.Tensors;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Qdrant.Client.Grpc;

namespace Distiller.Tests.Retrieving;

/// <summary>
/// An endpoint on loopback that speaks Qdrant's gRPC messages, as its own client defines them, over a table in memory. It
/// proves what is sent and how answers are read, and nothing of a real server's search.
/// </summary>
internal sealed class QdrantProtocol : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, PointStruct> _points = new(StringComparer.Ordinal);
    private readonly WebApplication _app;
    private bool _exists;

    private QdrantProtocol()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2));
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        _app.UseRouting();
        _app.MapPost("/{service}/{method}", AnswerAsync);
    }

    public ConcurrentQueue<string> Asked { get; } = [];

    public ConcurrentQueue<string?> Keys { get; } = [];

    public IReadOnlyCollection<PointStruct> Points => [.. _points.Values];

    /// <summary>What every request is refused with; null: none.</summary>
    public StatusCode? Refusal { get; set; }

    public Uri Url =>
        new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<QdrantProtocol> StartAsync()
    {
        var server = new QdrantProtocol();
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(string service, string method, HttpContext http)
    {
        using var all = new MemoryStream();
        await http.Request.Body.CopyToAsync(all);
        Asked.Enqueue(method);
        Keys.Enqueue(http.Request.Headers["api-key"]);
        // A flag and a length stand before the message.
        var answer = Refusal is null ? Answer($"{service}/{method}", all.ToArray().AsSpan(5)) : null;
        http.Response.ContentType = "application/grpc";
        await http.Response.StartAsync();
        if (answer is not null)
        {
            var message = answer.ToByteArray();
            var head = new byte[5];
            BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), message.Length);
            await http.Response.Body.WriteAsync(head);
            await http.Response.Body.WriteAsync(message);
        }

        var status = Refusal ?? (answer is null ? StatusCode.Unimplemented : StatusCode.OK);
        http.Response.AppendTrailer("grpc-status", ((int)status).ToString(CultureInfo.InvariantCulture));
        http.Response.AppendTrailer("grpc-message", Refusal is null ? "" : "no%20such%20key");
    }

    private IMessage? Answer(string method, ReadOnlySpan<byte> body)
    {
        switch (method)
        {
            case "qdrant.Collections/CollectionExists":
                return new CollectionExistsResponse { Result = new CollectionExists { Exists = _exists } };
            case "qdrant.Collections/Create":
                _exists = true;
                return new CollectionOperationResponse { Result = true };
            case "qdrant.Collections/Delete":
                _exists = false;
                _points.Clear();
                return new CollectionOperationResponse { Result = true };
            case "qdrant.Points/Upsert":
                foreach (var point in UpsertPoints.Parser.ParseFrom(body).Points)
                {
                    _points[point.Id.Uuid] = point;
                }

                return Done();
            case "qdrant.Points/Count":
                var counted = CountPoints.Parser.ParseFrom(body);
                return new CountResponse
                {
                    Result = new CountResult { Count = (ulong)_points.Values.Count(p => Holds(counted.Filter, p)) },
                };
            case "qdrant.Points/Delete":
                var deleted = DeletePoints.Parser.ParseFrom(body).Points;
                foreach (
                    var (id, point) in _points.Where(p =>
                        deleted.Filter is { } filter
                            ? Holds(filter, p.Value)
                            : deleted.Points.Ids.Any(i => i.Uuid == p.Key)
                    )
                )
                {
                    _points.TryRemove(id, out _);
                }

                return Done();
            case "qdrant.Points/Get":
                var got = new GetResponse();
                foreach (var id in GetPoints.Parser.ParseFrom(body).Ids)
                {
                    if (_points.TryGetValue(id.Uuid, out var point))
                    {
                        got.Result.Add(new RetrievedPoint { Id = id, Payload = { point.Payload } });
                    }
                }

                return got;
            case "qdrant.Points/Query":
                var query = QueryPoints.Parser.ParseFrom(body);
                var near = query.Query.Nearest.Dense.Data.ToArray();
                var found = new QueryResponse();
                found.Result.AddRange(
                    _points
                        .Values.Where(p => Holds(query.Filter, p))
                        .Select(p => new ScoredPoint
                        {
                            Id = p.Id,
                            Score = TensorPrimitives.CosineSimilarity(near, Vector(p)),
                            Payload = { p.Payload },
                        })
                        .OrderByDescending(p => p.Score)
                        .Take((int)query.Limit)
                );
                return found;
            default:
                return null;
        }
    }

    private static PointsOperationResponse Done() =>
        new() { Result = new UpdateResult { Status = UpdateStatus.Completed } };

    private static bool Holds(Filter? filter, PointStruct point) =>
        filter is null || (filter.Must.All(c => Is(c, point)) && !filter.MustNot.Any(c => Is(c, point)));

    private static bool Is(Condition condition, PointStruct point) =>
        point.Payload.TryGetValue(condition.Field.Key, out var value)
        && value.StringValue == condition.Field.Match.Keyword;

    private static float[] Vector(PointStruct point) => [.. point.Vectors.Vector.Dense.Data];
}
