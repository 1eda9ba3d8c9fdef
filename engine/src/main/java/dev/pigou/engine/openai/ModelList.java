package dev.pigou.engine.openai;

import java.util.List;
import java.util.Optional;

/** {@code /v1/models}. */
final class ModelList {
    private final List<Model> models;

    ModelList(ServedModel served) {
        models = served.names().stream().map(name -> new Model(name, "model", served.created(), "pigou",
                served.name(), served.limits().maxModelLen())).toList();
    }

    Object all() { return new Listing("list", models); }

    Optional<Object> find(String name) {
        return models.stream().filter(model -> model.id().equals(name)).findFirst().map(model -> model);
    }

    private record Listing(String object, List<Model> data) {}

    /** @param root the name the model has without aliases, as vLLM has it */
    private record Model(String id, String object, long created, String ownedBy, String root,
            int maxModelLen) {}
}
