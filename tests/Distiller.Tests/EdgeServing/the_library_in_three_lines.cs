using Distiller.Edge.Serving;
using Microsoft.Extensions.AI;

namespace Distiller.Tests.EdgeServing;

/// <summary>The sample of the package Distiller.Edge: an agent in .NET that answers with last night's adapter, in process.</summary>
internal sealed class the_library_in_three_lines
{
    [Test]
    public async Task answer_with_last_nights_adapter()
    {
        using var bench = new EdgeBench();
        bench.Publish();
        bench.Pull();
        var (basePath, home) = (bench.BasePath, bench.Store.Home);

        using var edge = EdgeHost.Open(new EdgeHostOptions { BasePath = basePath, Home = home });
        using var client = edge.CreateChatClient();
        var answer = await client.GetResponseAsync("What do you do first?");

        answer.ModelId.ShouldBe("tiny:nightly@stable");
        answer.Usage!.OutputTokenCount.ShouldNotBe(0);
    }

    [Test]
    public async Task a_function_of_the_agent_is_called()
    {
        using var bench = new EdgeBench();
        using var edge = EdgeHost.Open(new EdgeHostOptions { BasePath = bench.BasePath });
        var called = 0;
        using var agent = new ChatClientBuilder(edge.CreateChatClient())
            .UseFunctionInvocation(configure: c => c.MaximumIterationsPerRequest = 2)
            .Build();

        await agent.GetResponseAsync(
            "go",
            new ChatOptions
            {
                Tools = [AIFunctionFactory.Create((bool left) => ++called, "turn", "turns left or right")],
                ToolMode = ChatToolMode.RequireAny,
                MaxOutputTokens = 256,
            }
        );

        called.ShouldBeGreaterThan(0);
    }

    [Test]
    public void a_base_that_writes_text_makes_no_embeddings()
    {
        using var bench = new EdgeBench();
        using var edge = EdgeHost.Open(new EdgeHostOptions { BasePath = bench.BasePath });

        Should
            .ThrowAsync<RequestRefusedException>(() => edge.CreateEmbeddingGenerator().GenerateAsync("x"))
            .GetAwaiter()
            .GetResult()
            .Message.ShouldContain("bert");
    }

    [Test]
    public async Task an_embedding_model_does()
    {
        var path = Directory.GetFiles(SharedFiles.Path("models/minilm"), "*.gguf").First();
        using var edge = EdgeHost.Open(new EdgeHostOptions { BasePath = path });
        using var embeddings = edge.CreateEmbeddingGenerator();

        var vectors = await embeddings.GenerateAsync(["a cat", "a kitten", "a tax form"]);

        Cosine(vectors[0], vectors[1]).ShouldBeGreaterThan(Cosine(vectors[0], vectors[2]));
    }

    private static float Cosine(Embedding<float> a, Embedding<float> b) =>
        System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(a.Vector.Span, b.Vector.Span);
}
