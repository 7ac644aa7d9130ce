using Distiller.Mining.Similar;
using Distiller.Qdrant;
using Grpc.Core;
using Microsoft.Extensions.VectorData;

namespace Distiller.Tests.Retrieving;

/// <summary>The protocol, against <see cref="QdrantProtocol"/>: no server can be had where the tests run.</summary>
[TestFixture]
internal sealed class tasks_are_found_in_qdrant
{
    private readonly TaskEmbedder _embedder = TaskEmbedder.Open(null);
    private QdrantProtocol _server = null!;

    [SetUp]
    public async Task StartAsync() => _server = await QdrantProtocol.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _server.DisposeAsync();

    [OneTimeTearDown]
    public void Close() => _embedder.Dispose();

    private QdrantTasks Open(string mining = "one") => new(_server.Url, "a-key", "distiller-test", mining, _embedder);

    private SearchedTask[] Tasks(int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new SearchedTask($"id{i}", $"t{i}", Text(i), "succeeded", _embedder.Name, [])),
        ];

    private static string Text(int number) =>
        $"mend the {(number % 3) switch { 0 => "cart", 1 => "invoice", _ => "parcel" }} number {number}";

    [Test]
    public async Task as_the_exact_search_finds_them()
    {
        var tasks = Tasks(600);
        using var index = Open();
        await index.ReplaceAsync(tasks, default);

        var found = await index
            .SearchAsync("mend the invoice number 7", 5)
            .Select(r => (r.Record.Id, r.Score!.Value))
            .ToListAsync();

        var exact = new TaskSearch(tasks, _embedder).Find("mend the invoice number 7", 5);
        found.Select(f => f.Item2).ShouldBe(exact.Select(e => e.Cosine), tolerance: 1e-5);
        found[0].Id.ShouldBe(exact[0].Task.Id);
        _server.Points.Count.ShouldBe(600);
        _server.Keys.ShouldAllBe(k => k == "a-key");
    }

    [Test]
    public async Task written_once_and_replaced_by_the_next_mining()
    {
        using (var index = Open())
        {
            await index.ReplaceAsync(Tasks(40), default);
            await index.ReplaceAsync(Tasks(40), default);
        }

        _server.Asked.Count(a => a == "Upsert").ShouldBe(1);
        using var next = Open("two");
        (await next.SearchAsync("mend the cart", 5).ToListAsync()).ShouldBeEmpty();
        await next.ReplaceAsync(Tasks(20), default);
        _server.Points.Count.ShouldBe(20);
        (await next.GetAsync("id3"))!.Text.ShouldBe(Text(3));
        (await next.GetAsync("id30")).ShouldBeNull();
        await next.DeleteAsync("id3");
        _server.Points.Count.ShouldBe(19);
        await next.EnsureCollectionDeletedAsync();
        (await next.CollectionExistsAsync()).ShouldBeFalse();
    }

    [Test]
    public async Task a_server_that_refuses_or_is_not_there_is_named()
    {
        _server.Refusal = StatusCode.PermissionDenied;
        using var index = Open();
        var refused = await Should.ThrowAsync<BadInputException>(() => index.ReplaceAsync(Tasks(3), default));
        refused.Message.ShouldContain("PermissionDenied: no such key");
        refused.Place.File.ShouldBe(_server.Url.ToString());

        using var nobody = new QdrantTasks(new Uri("http://127.0.0.1:9"), null, "c", "one", _embedder);
        (await Should.ThrowAsync<BadInputException>(() => nobody.CollectionExistsAsync())).Message.ShouldContain(
            "Unavailable"
        );
    }

    [Test]
    public async Task what_it_cannot_do_is_said()
    {
        using var index = Open();
        Should.Throw<NotSupportedException>(() => index.GetAsync(t => t.Id == "x", 1));
        var filtered = new VectorSearchOptions<SearchedTask> { Filter = t => t.Outcome == "failed" };
        await Should.ThrowAsync<NotSupportedException>(async () =>
            await index.SearchAsync("x", 1, filtered).ToListAsync()
        );
        index.GetService(typeof(VectorStoreCollectionMetadata)).ShouldNotBeNull();
    }
}
