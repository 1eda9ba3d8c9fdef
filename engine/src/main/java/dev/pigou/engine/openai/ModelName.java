package dev.pigou.engine.openai;

/** Reads the {@code model} field. */
final class ModelName {
    private ModelName() {}

    /**
     * The name the client used, which the answer carries too.
     *
     * @throws ApiException with status 404 if no model has this name
     */
    static String read(Fields fields, ServedModel model) {
        String name = fields.string("model").orElse(model.name());
        if (!model.names().contains(name)) {
            throw new ApiException(ApiError.modelNotFound(name));
        }
        return name;
    }
}
